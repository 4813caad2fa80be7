import { Button, Menu } from '@mantine/core'
import { useMounted } from '@mantine/hooks'
import { IconDownload, IconFileImport, IconPlus, IconTemplate } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useKeys } from '@/keys/useKeys'
import { SelectField } from '@/ui/Fields'
import { count } from '@/ui/format'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { Endless } from '../Endless'
import { Filters } from '../Filters'
import { soFar } from '../pages'
import rows from '../rows.module.css'
import type { TemplatesSearch } from '../search'
import { ImportTemplates } from './ImportTemplates'
import { KeyFields } from './KeyFields'
import { NewTemplate } from './NewTemplate'
import { templatesList, type TemplatesFilter } from './queries'
import { TemplatesNav } from './TemplatesNav'
import { TemplatesSkeleton, TemplatesTable } from './TemplatesTable'

const STATES = [
  { value: '', label: 'Any state' },
  { value: 'used', label: 'In use' },
  { value: 'off', label: 'Not in use' },
  { value: 'draft', label: 'With a draft' },
]
const ANY = {
  use: 'Any use case',
  target: 'Any target',
  made: 'Anything',
  enhancer: 'Any enhancer',
  mode: 'Any mode',
}
const NO_FILTERS: TemplatesSearch = {
  q: undefined,
  use: undefined,
  target: undefined,
  made: undefined,
  enhancer: undefined,
  mode: undefined,
  state: undefined,
}

function filterOf(search: TemplatesSearch): TemplatesFilter {
  const { q, use, target, made, enhancer, mode, state } = search
  return {
    ...(q ? { search: q } : {}),
    ...(use ? { use_case: use } : {}),
    ...(target ? { target_model: target } : {}),
    ...(made ? { job_type: made } : {}),
    ...(enhancer ? { enhancer_model: enhancer } : {}),
    ...(mode ? { content_mode: mode } : {}),
    ...(state === 'draft' ? { drafts: true } : {}),
    ...(state === 'used' || state === 'off' ? { active: state === 'used' } : {}),
  }
}

/** All templates: the texts that tell a language model how to write. */
export default function TemplatesPage() {
  const search = useSearch({ from: '/studio/admin/templates' })
  const { q = '', use, target, made, enhancer, mode, state, open } = search
  const list = useInfiniteQuery(templatesList(filterOf(search)))
  const navigate = useNavigate({ from: '/admin/templates' })
  const change = (next: TemplatesSearch) =>
    void navigate({ to: '/admin/templates', search: (old) => ({ ...old, ...next }), replace: true })
  const field = useRef<HTMLInputElement>(null)
  useKeys({ search: () => field.current?.focus() }, { enabled: useMounted() })
  const set = [use, target, made, enhancer, mode, state].filter(Boolean).length
  const close = () => change({ open: undefined })

  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Templates</h1>
        <span className={rows.said} role="status">
          {soFar(list.data, (number) => count(number, 'template'))}
        </span>
        <ExportMenu />
        <Button
          variant="default"
          leftSection={<IconFileImport size={18} stroke={1.7} aria-hidden />}
          onClick={() => change({ open: 'import' })}
        >
          Import
        </Button>
        <Button
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => change({ open: 'new' })}
        >
          New template
        </Button>
      </header>
      <TemplatesNav />
      <Filters
        set={set}
        many
        more={
          <>
            <KeyFields value={{ use, target, made, enhancer, mode }} onChange={change} any={ANY} />
            <SelectField
              label="State"
              value={state ?? ''}
              options={STATES}
              onChange={(next) =>
                change({ state: (next || undefined) as TemplatesSearch['state'] })
              }
            />
          </>
        }
      >
        <SearchField
          q={q}
          onSearch={(next) => change({ q: next || undefined })}
          label="Search templates"
          placeholder="Search by name or text"
          field={field}
        />
      </Filters>
      <Endless
        list={list}
        what="The list of templates"
        skeleton={<TemplatesSkeleton />}
        empty={
          q || set ? (
            <EmptyState
              icon={IconTemplate}
              title="No template found"
              actions={
                <Button variant="default" onClick={() => change(NO_FILTERS)}>
                  Show all templates
                </Button>
              }
            >
              {q ? `No name and no text has “${q}” in it` : 'Nothing fits'}
              {set ? ' with these filters' : ''}.
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconTemplate}
              title="No templates yet"
              actions={
                <Button onClick={() => change({ open: 'new' })}>Write the first template</Button>
              }
            >
              A template tells a language model how to write, such as how to make a short prompt
              rich. Until one is published, a text that is built in does that.
            </EmptyState>
          )
        }
      >
        {(templates) => <TemplatesTable templates={templates} />}
      </Endless>
      {open === 'new' ? (
        <NewTemplate start={{ use, target, made, enhancer, mode }} onClose={close} />
      ) : null}
      {open === 'import' ? <ImportTemplates onClose={close} /> : null}
    </>
  )
}

function ExportMenu() {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['json', 'csv'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            href={`/api/prompts/templates/export?format=${format}`}
            download
          >
            {format === 'json' ? 'JSON, for another studio' : 'CSV, for a spreadsheet'}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
