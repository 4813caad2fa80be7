import { Button } from '@mantine/core'
import { IconArrowDown, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { SimulationOut } from '@/api'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import { count } from '@/ui/format'
import panel from '../panel.module.css'
import rows from '../rows.module.css'
import type { KeySearch } from '../search'
import tag from '../StateTag.module.css'
import { KeyFields } from './KeyFields'
import { simulation } from './queries'
import classes from './template.module.css'
import { TemplatesNav } from './TemplatesNav'

/** Which template a request would get now, and why. */
export default function SimulatorPage() {
  const search = useSearch({ from: '/studio/admin/templates/simulator' })
  const navigate = useNavigate()
  const key = {
    use: search.use ?? 'enhancement',
    // The first look is at the request that people make most.
    target: search.use ? search.target : (search.target ?? 'sdxl'),
    made: search.use ? search.made : (search.made ?? 'image'),
    enhancer: search.enhancer ?? 'qwen_instruct',
    mode: search.mode ?? 'sfw',
  } satisfies KeySearch
  const change = (next: KeySearch) =>
    void navigate({
      to: '/admin/templates/simulator',
      search: { ...key, ...next },
      replace: true,
    })
  const found = useQuery(
    simulation({
      use_case: key.use,
      target_model: key.target,
      job_type: key.made,
      enhancer_model: key.enhancer,
      content_mode: key.mode,
    }),
  )
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Simulator</h1>
      </header>
      <TemplatesNav />
      <div className={panel.panels}>
        <Panel title="A request" about="Say what is asked for, and see which template answers.">
          <div className={classes.keyFields}>
            <KeyFields
              value={key}
              onChange={change}
              any={{ target: 'Bound to none', made: 'Bound to none' }}
            />
          </div>
        </Panel>
        <Panel title="What it gets">
          {found.isError ? (
            <PanelError
              what="The answer"
              error={found.error}
              onRetry={() => void found.refetch()}
            />
          ) : null}
          {found.data ? <Found found={found.data} request={key} /> : null}
          {found.isPending ? <RowsSkeleton rows={3} height={44} /> : null}
        </Panel>
      </div>
    </>
  )
}

function Found({ found, request }: { found: SimulationOut; request: KeySearch }) {
  const { template, trace, sentences } = found
  return (
    <>
      <div className={panel.line}>
        <strong className={panel.grow}>
          {template.name}
          {template.id ? `, version ${template.version}` : ', which is built in'}
        </strong>
        {template.id ? (
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link
                {...props}
                to="/admin/templates/$templateId"
                params={{ templateId: template.id ?? '' }}
              />
            )}
          >
            Open it
          </Button>
        ) : null}
        {found.fallback_level === 'exact' ? null : (
          <Button
            renderRoot={(props: object) => (
              <Link {...props} to="/admin/templates" search={{ ...request, open: 'new' }} />
            )}
          >
            Write one for this
          </Button>
        )}
      </div>
      <ol className={classes.steps} aria-label="Why">
        {sentences.map((sentence, at) => {
          const hit = trace.steps[at] ? trace.steps[at].hit : at === sentences.length - 1
          const Mark = hit ? IconCircleCheck : IconArrowDown
          return (
            <li key={sentence} className={classes.step} data-hit={hit}>
              <Mark size={18} stroke={1.7} className={hit ? tag.good : ''} aria-hidden />
              {sentence}
            </li>
          )
        })}
      </ol>
      <pre className={classes.shown} tabIndex={0} aria-label="Its text">
        {found.system_prompt}
      </pre>
      {found.token_limit === null ? null : (
        <p className={classes.hint}>
          Its answers have at most {count(found.token_limit, 'token')}.
        </p>
      )}
    </>
  )
}
