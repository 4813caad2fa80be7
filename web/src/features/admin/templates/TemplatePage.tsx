import { IconArrowLeft } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { sentenceOf, type TemplateDetailOut, type VersionOut } from '@/api'
import { RowsSkeleton } from '@/features/account/Panel'
import { when } from '@/ui/format'
import { ErrorState } from '@/ui/States'
import person from '../person/PersonPage.module.css'
import rows from '../rows.module.css'
import { TEMPLATE_PARTS, type TemplatePart } from '../search'
import { keyName } from './kinds'
import { templateById, templateVersions } from './queries'
import { TemplateMenu } from './TemplateMenu'
import { TextPart } from './TextPart'
import { TryPart } from './TryPart'
import { UseTag } from './UseTag'
import { VersionsPart } from './VersionsPart'

const LABELS: Record<TemplatePart, string> = { text: 'Text', versions: 'Versions', try: 'Try it' }

/** One template: its text and its history. */
export default function TemplatePage() {
  const { templateId } = useParams({ from: '/studio/admin/templates/$templateId' })
  const { part = 'text' } = useSearch({ from: '/studio/admin/templates/$templateId' })
  const found = useQuery(templateById(templateId))
  const history = useInfiniteQuery(templateVersions(templateId))
  const template = found.data
  const latest = history.data?.pages[0]?.items[0]
  const error = found.error ?? history.error
  return (
    <>
      <Link to="/admin/templates" className={person.back}>
        <IconArrowLeft size={18} stroke={1.7} aria-hidden /> Templates
      </Link>
      {error && !(template && latest) ? (
        <ErrorState
          title="This template could not be read"
          reason={sentenceOf(error)}
          onRetry={() => {
            void found.refetch()
            void history.refetch()
          }}
        />
      ) : null}
      {template ? <Header template={template} /> : null}
      {template && latest ? (
        <>
          <nav className={person.parts} aria-label={`About ${template.template_name}`}>
            {TEMPLATE_PARTS.map((each) => (
              <Link
                key={each}
                to="/admin/templates/$templateId"
                params={{ templateId }}
                search={each === 'text' ? {} : { part: each }}
                replace
                // Which versions are compared is no other part.
                activeOptions={{ exact: each === 'text', includeSearch: true }}
                className={person.part}
              >
                {LABELS[each]}
              </Link>
            ))}
          </nav>
          <PartOf key={template.id} part={part} template={template} latest={latest} />
        </>
      ) : null}
      {!error && !(template && latest) ? <RowsSkeleton rows={8} height={44} /> : null}
    </>
  )
}

interface PartProps {
  template: TemplateDetailOut
  latest: VersionOut
}

function PartOf({ part, ...props }: PartProps & { part: TemplatePart }) {
  if (part === 'versions') return <VersionsPart {...props} />
  if (part === 'try') return <TryPart {...props} />
  return <TextPart {...props} />
}

function Header({ template }: { template: TemplateDetailOut }) {
  const changed = template.updated_at ?? template.created_at
  return (
    <header className={person.header}>
      <div className={person.who}>
        <h1 className={rows.heading}>{template.template_name}</h1>
        <UseTag template={template} />
        <span className={rows.said} />
        <TemplateMenu template={template} />
      </div>
      <p className={rows.quiet}>
        {keyName(template)}
        {template.is_active ? ` · version ${template.version ?? 1}` : ''}
        {changed ? ` · changed ${when(changed)}` : ''}
      </p>
    </header>
  )
}
