import { useQuery } from '@tanstack/react-query'
import type { DiffOut } from '@/api'
import { PanelError, RowsSkeleton } from '@/features/account/Panel'
import { templateDiff } from './queries'
import classes from './template.module.css'

const SIGNS = { same: ' ', removed: '−', added: '+' } as const
const SAID = { same: '', removed: 'removed: ', added: 'added: ' } as const

/** What changed in the text from one version to another, line by line with its words marked. */
export function VersionDiff({
  templateId,
  from,
  to,
}: {
  templateId: string
  from: number
  to: number
}) {
  const diff = useQuery(templateDiff(templateId, from, to))
  if (diff.isError) {
    return <PanelError what="What changed" error={diff.error} onRetry={() => void diff.refetch()} />
  }
  if (!diff.data) return <RowsSkeleton rows={3} height={28} />
  const { lines } = diff.data
  const limit = limitSaid(diff.data)
  const changed = lines.some((line) => line.kind !== 'same')
  return (
    <>
      {changed ? (
        <ol className={classes.diff} aria-label={`From version ${from} to version ${to}`}>
          {lines.map((line, at) => (
            <li key={at} data-kind={line.kind}>
              <span className={classes.sign} aria-hidden>
                {SIGNS[line.kind]}
              </span>
              <span className={classes.line}>
                <span className={classes.unseen}>{SAID[line.kind]}</span>
                {line.pieces.map((piece, index) =>
                  piece.changed ? <mark key={index}>{piece.text}</mark> : piece.text,
                )}
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <p className={classes.hint}>The text is the same.</p>
      )}
      {limit ? <p className={classes.hint}>{limit}</p> : null}
    </>
  )
}

function limitSaid({ old_token_limit: before, new_token_limit: after }: DiffOut): string {
  if (before === after) return ''
  const said = (limit: number | null) => (limit === null ? 'as usual' : String(limit))
  return `Longest answer: ${said(before)} before, ${said(after)} now.`
}
