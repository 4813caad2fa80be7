import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { TemplateDetailOut, VersionOut } from '@/api'
import { Panel } from '@/features/account/Panel'
import { SelectField } from '@/ui/Fields'
import { fullTime, when } from '@/ui/format'
import { AskTwice } from '@/ui/AskTwice'
import panel from '../panel.module.css'
import tag from '../StateTag.module.css'
import { Labels } from './Labels'
import { PublishProblem } from './Publish'
import { templateVersions } from './queries'
import classes from './template.module.css'
import { usePublish } from './usePublish'
import { VersionDiff } from './VersionDiff'

interface VersionsPartProps {
  template: TemplateDetailOut
  latest: VersionOut
}

/** The history of a template: what changed and when, and the way back to any of it. */
export function VersionsPart({ template, latest }: VersionsPartProps) {
  const list = useInfiniteQuery(templateVersions(template.id))
  const publish = usePublish(template)
  const versions = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className={panel.panels}>
      {latest.number > 1 ? <Compare template={template} latest={latest} /> : null}
      <Panel
        title="Versions"
        about="Every text that was saved stays. An older one that is brought back becomes the newest."
      >
        <PublishProblem publish={publish} />
        <ol className={panel.rows} aria-label="Versions">
          {versions.map((version) => (
            <Row key={version.number} template={template} version={version} publish={publish} />
          ))}
        </ol>
        {list.hasNextPage ? (
          <div className={panel.actions}>
            <Button
              variant="default"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show older ones
            </Button>
          </div>
        ) : null}
      </Panel>
    </div>
  )
}

function useCompared(template: TemplateDetailOut, latest: number) {
  const search = useSearch({ from: '/studio/admin/templates/$templateId' })
  const navigate = useNavigate()
  const used = template.version ?? 1
  // Before anything is chosen: what publishing the draft would change, else what came last.
  const from = search.before ?? (used < latest ? used : Math.max(latest - 1, 1))
  const to = search.after ?? latest
  const compare = (next: { before?: number; after?: number }) =>
    void navigate({
      to: '/admin/templates/$templateId',
      params: { templateId: template.id },
      search: { part: 'versions', before: from, after: to, ...next },
      replace: true,
    })
  return { from, to, compare }
}

function Compare({ template, latest }: VersionsPartProps) {
  const { from, to, compare } = useCompared(template, latest.number)
  const numbers = Array.from({ length: latest.number }, (_, at) => latest.number - at).map(
    (number) => ({
      value: String(number),
      label: `Version ${number}${template.is_active && number === template.version ? ', in use' : ''}`,
    }),
  )
  return (
    <Panel title="What changed">
      <div className={classes.pair}>
        <SelectField
          label="From"
          value={String(from)}
          options={numbers}
          onChange={(value) => compare({ before: Number(value) })}
        />
        <SelectField
          label="To"
          value={String(to)}
          options={numbers}
          onChange={(value) => compare({ after: Number(value) })}
        />
      </div>
      <VersionDiff templateId={template.id} from={from} to={to} />
    </Panel>
  )
}

function Row({
  template,
  version,
  publish,
}: {
  template: TemplateDetailOut
  version: VersionOut
  publish: ReturnType<typeof usePublish>
}) {
  const { compare } = useCompared(template, template.latest_version)
  const older = version.number < (template.version ?? 1)
  const pending = publish.isPending && publish.variables.number === version.number
  const put = () => publish.mutate({ number: version.number })
  return (
    <li className={panel.row}>
      <div className={panel.grow}>
        <div>
          <strong>{version.number}</strong> {version.message}{' '}
          {version.in_use && template.is_active ? (
            <span className={tag.tag}>
              <IconCircleCheck size={16} stroke={1.7} className={tag.good} aria-hidden />
              in use
            </span>
          ) : null}
        </div>
        <div className={panel.hint}>
          {version.author ?? 'the studio'},{' '}
          <time dateTime={version.created_at} title={fullTime(version.created_at)}>
            {when(version.created_at)}
          </time>
          {version.published_at ? ` · published ${when(version.published_at)}` : ' · never in use'}
        </div>
        <Labels template={template} version={version} />
      </div>
      {version.number > 1 ? (
        <Button
          variant="subtle"
          color="gray"
          aria-label={`What version ${version.number} changed`}
          onClick={() => compare({ before: version.number - 1, after: version.number })}
        >
          Changes
        </Button>
      ) : null}
      {version.in_use && template.is_active ? null : older ? (
        <AskTwice
          action="Bring back"
          sure={`Put the text of version ${version.number} in use`}
          label={`Bring version ${version.number} back`}
          pending={pending}
          onSure={put}
        />
      ) : (
        <Button
          variant="default"
          loading={pending}
          aria-label={`Publish version ${version.number}`}
          onClick={put}
        >
          Publish
        </Button>
      )}
    </li>
  )
}
