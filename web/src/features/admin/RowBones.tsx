import panel from './panel.module.css'
import rows from './rows.module.css'

/** Two rows of a list before they are known. */
export function RowBones({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label}>
      {[180, 140].map((width) => (
        <div key={width} className={panel.row}>
          <span className={rows.bone} style={{ width: 20, height: 20 }} />
          <span className={rows.bone} style={{ width }} />
        </div>
      ))}
    </div>
  )
}
