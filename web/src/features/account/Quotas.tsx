import type { QuotaOut } from '@/api'
import { fileSize } from '@/ui/format'
import { Meter } from './Meter'
import classes from './Quotas.module.css'

const whole = (value: number): string => value.toLocaleString('en-GB')

interface Words {
  label: string
  say: (value: number) => string
  note?: (quota: QuotaOut) => string | undefined
}

/** Days and months are those of UTC, the clock of the quotas. */
const WORDS: Record<QuotaOut['name'], Words> = {
  jobs_per_day: {
    label: 'Jobs today',
    say: whole,
    note: (quota) => (quota.limit === null ? undefined : `Begins anew ${nextDay()}.`),
  },
  jobs_per_month: {
    label: 'Jobs this month',
    say: whole,
    note: (quota) => (quota.limit === null ? undefined : `Begins anew on ${nextMonth()}.`),
  },
  jobs_at_once: { label: 'Jobs at once', say: whole },
  storage_bytes: {
    label: 'Storage',
    say: fileSize,
    note: (quota) =>
      quota.limit !== null && quota.used >= quota.limit
        ? 'Delete something from the library or the workspace to make more.'
        : undefined,
  },
}

/** Meters for how much an account may do and store. */
export function Quotas({ quotas }: { quotas: readonly QuotaOut[] }) {
  return (
    <div className={classes.quotas}>
      {quotas.map((quota) => {
        const words = WORDS[quota.name]
        return (
          <Meter
            key={quota.name}
            label={words.label}
            used={quota.used}
            limit={quota.limit}
            say={words.say}
            note={words.note?.(quota)}
          />
        )
      })}
    </div>
  )
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })

/** When the next day of UTC begins, on the person's own clock. */
function nextDay(): string {
  const next = new Date()
  next.setUTCHours(24, 0, 0, 0)
  return `at ${CLOCK.format(next)}`
}

function nextMonth(): string {
  const now = new Date()
  return DAY.format(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))
}
