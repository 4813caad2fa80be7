import type { CellOut } from '@/api'

export interface Column {
  name: string
  enhancer: string
  mode: string
}

export interface Line {
  name: string
  /** A cell of the line, for what all of them share. */
  first: CellOut
  /** A cell for each column; undefined where nothing asks for it. */
  cells: (CellOut | undefined)[]
}

/**
 * Kinds of request as a grid: a line for each use case and target, a column for each enhancer and
 * mode, in the order in which the studio names them.
 */
export function gridOf(cells: readonly CellOut[]): { columns: Column[]; rows: Line[] } {
  const columns = new Map<string, Column>()
  const lines = new Map<string, Map<string, CellOut>>()
  for (const cell of cells) {
    const column = `${cell.enhancer_model} ${cell.content_mode}`
    columns.set(column, {
      name: column,
      enhancer: cell.enhancer_model,
      mode: cell.content_mode,
    })
    const line = [cell.use_case, cell.target_model, cell.job_type].join(' ')
    const there = lines.get(line) ?? new Map<string, CellOut>()
    lines.set(line, there.set(column, cell))
  }
  const names = [...columns.keys()]
  return {
    columns: [...columns.values()],
    rows: [...lines].flatMap(([name, there]) => {
      const [first] = there.values()
      return first ? [{ name, first, cells: names.map((column) => there.get(column)) }] : []
    }),
  }
}
