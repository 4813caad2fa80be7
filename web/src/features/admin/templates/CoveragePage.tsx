import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sentenceOf, type CellOut } from '@/api'
import { RowsSkeleton } from '@/features/account/Panel'
import { count } from '@/ui/format'
import { ErrorState } from '@/ui/States'
import rows from '../rows.module.css'
import { gridOf } from './coverage'
import {
  nameOf,
  targetName,
  type Enhancer,
  type Made,
  type Mode,
  type Target,
  type UseCase,
} from './kinds'
import { coverage } from './queries'
import classes from './template.module.css'
import { TemplatesNav } from './TemplatesNav'

const STEPS: Record<CellOut['step'], string> = {
  exact: 'its own',
  swap_enhancer: 'other enhancer',
  milder_mode: 'milder mode',
  built_in: 'built in',
}

/** Every kind of request with the template that answers it; each leads to it, or to a new one. */
export default function CoveragePage() {
  const found = useQuery(coverage)
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Coverage</h1>
        <span className={rows.said} role="status">
          {found.data
            ? `${found.data.exact} of ${count(found.data.cells.length, 'kind')} of request have a template of their own, ${found.data.built_in} make do with a text that is built in`
            : ''}
        </span>
      </header>
      <TemplatesNav />
      {found.isError && !found.data ? (
        <ErrorState
          title="The map could not be read"
          reason={sentenceOf(found.error)}
          onRetry={() => void found.refetch()}
        />
      ) : null}
      {found.isPending ? <RowsSkeleton rows={9} height={56} /> : null}
      {found.data ? <Map cells={found.data.cells} /> : null}
    </>
  )
}

function Map({ cells }: { cells: readonly CellOut[] }) {
  const { columns, rows: lines } = gridOf(cells)
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label="Coverage map">
      <table className={classes.map}>
        <thead>
          <tr>
            <th scope="col">Use case</th>
            {columns.map((column) => (
              <th key={column.name} scope="col">
                {nameOf(column.enhancer)}
                <small>{nameOf(column.mode)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row">
                {nameOf(line.first.use_case)}
                <small>{targetName(line.first)}</small>
              </th>
              {line.cells.map((cell, at) => (
                <td key={columns[at]?.name}>{cell ? <Cell cell={cell} /> : null}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ cell }: { cell: CellOut }) {
  const said = (
    <>
      {STEPS[cell.step]} <small title={cell.template.name}>{cell.template.name}</small>
    </>
  )
  if (cell.step === 'exact' && cell.template.id) {
    return (
      <Link
        className={classes.cell}
        data-step={cell.step}
        to="/admin/templates/$templateId"
        params={{ templateId: cell.template.id }}
      >
        {said}
      </Link>
    )
  }
  return (
    <Link
      className={classes.cell}
      data-step={cell.step}
      to="/admin/templates"
      search={{ ...searchOf(cell), open: 'new' }}
      title="Write a template for this"
    >
      {said}
    </Link>
  )
}

const searchOf = (cell: CellOut) => ({
  use: cell.use_case as UseCase,
  target: (cell.target_model ?? undefined) as Target | undefined,
  made: (cell.job_type ?? undefined) as Made | undefined,
  enhancer: cell.enhancer_model as Enhancer,
  mode: cell.content_mode as Mode,
})
