import { useId } from 'react'
import classes from './Meter.module.css'

interface MeterProps {
  label: string
  used: number
  /** Null where there is no limit. */
  limit: number | null
  /** A number in words. */
  say: (value: number) => string
  /** A quiet word about it, such as when it begins anew. */
  note?: string
}

/** Above this share of a limit the meter says that it is nearly reached. */
const NEARLY = 0.85

/** How much of a limit is used. Without a limit it is only a number. */
export function Meter({ label, used, limit, say, note }: MeterProps) {
  const id = useId()
  const share = limit === null ? 0 : limit === 0 ? 1 : Math.min(used / limit, 1)
  const level = limit !== null && used >= limit ? 'full' : share >= NEARLY ? 'near' : 'fine'
  return (
    <div className={classes.meter}>
      <div className={classes.head}>
        <span id={id}>{label}</span>
        <span className={classes.value} data-level={level}>
          {say(used)}
          <span className={classes.of}>{limit === null ? ' · no limit' : ` of ${say(limit)}`}</span>
        </span>
      </div>
      {limit === null ? null : (
        <div
          className={classes.track}
          role="meter"
          aria-labelledby={id}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(used, limit)}
          aria-valuetext={`${say(used)} of ${say(limit)}`}
        >
          {share > 0 ? (
            <div className={classes.fill} data-level={level} style={{ width: `${share * 100}%` }} />
          ) : null}
        </div>
      )}
      {note ? <div className={classes.note}>{note}</div> : null}
    </div>
  )
}
