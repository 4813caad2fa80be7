import { VisuallyHidden } from '@mantine/core'
import {
  IconArrowBackUp,
  IconCircleMinus,
  IconCoins,
  IconFlag,
  IconGift,
  IconHourglass,
  type Icon,
} from '@tabler/icons-react'
import type { EntryOut } from '@/api'
import { count, fullTime, signed, when } from '@/ui/format'
import classes from './Ledger.module.css'
import { movementsOf, type Movement } from './ledger'

interface LedgerListProps {
  /** Entries of one person, newest first and without gaps. */
  entries: readonly EntryOut[]
  /** What the person can spend now, in credits. */
  balance: number
  /** Whether older entries were not read yet. */
  more: boolean
  /** Shows a job; without it a movement does not lead anywhere. */
  onJob?: (jobId: string) => void
}

/** The movements of a person's credits, newest first. */
export function LedgerList({ entries, balance, more, onJob }: LedgerListProps) {
  return (
    <ul className={classes.list}>
      {movementsOf(entries, balance, more).map((movement) => (
        <Row key={movement.id} movement={movement} onJob={onJob} />
      ))}
    </ul>
  )
}

function Row({ movement, onJob }: { movement: Movement; onJob?: (jobId: string) => void }) {
  const { jobId } = movement
  const kind = KINDS[movement.kind]
  const Mark = kind?.icon ?? IconCoins
  return (
    <li className={classes.row}>
      <Mark size={20} stroke={1.7} className={classes.mark} aria-hidden />
      <div className={classes.what}>
        <div className={classes.title}>{kind?.title ?? movement.kind}</div>
        <div className={classes.note}>{kind?.note(movement) ?? movement.reason}</div>
      </div>
      <div className={classes.more}>
        <time className={classes.time} dateTime={movement.at} title={fullTime(movement.at)}>
          {when(movement.at)}
        </time>
        {jobId && onJob ? (
          <button
            type="button"
            className={classes.job}
            aria-label={`Show the job of ${fullTime(movement.at)}`}
            onClick={() => onJob(jobId)}
          >
            Show the job
          </button>
        ) : null}
      </div>
      <div className={classes.numbers}>
        {movement.change === 0 ? (
          <div className={classes.still}>{(-movement.held).toLocaleString('en-GB')} held, paid</div>
        ) : (
          <div className={classes.change} data-up={movement.change > 0 || undefined}>
            {signed(movement.change)}
          </div>
        )}
        <div className={classes.after}>
          <VisuallyHidden>balance then </VisuallyHidden>
          {movement.after.toLocaleString('en-GB')}
        </div>
      </div>
    </li>
  )
}

interface Kind {
  icon: Icon
  title: string
  note: (movement: Movement) => string | null
}

const credits = (number: number): string => count(number, 'credit')

/** What stands on a line, by the ledger's own names. */
const KINDS: Record<string, Kind | undefined> = {
  start: { icon: IconFlag, title: 'To begin with', note: () => 'Every account starts with some.' },
  grant: { icon: IconGift, title: 'Given to you', note: ({ reason }) => reason },
  adjustment: { icon: IconCircleMinus, title: 'Taken back', note: ({ reason }) => reason },
  reserve: {
    icon: IconHourglass,
    title: 'Held for a job',
    note: () => 'Paid when done, back if it fails.',
  },
  settle: {
    icon: IconCoins,
    title: 'Paid for a job',
    note: ({ held, change }) =>
      change > 0
        ? `${credits(-held - change)} of the ${credits(-held)} held; the rest came back.`
        : 'With what was held for it.',
  },
  release: {
    icon: IconArrowBackUp,
    title: 'Given back',
    note: () => 'The job made nothing, so it cost nothing.',
  },
  closing: { icon: IconFlag, title: 'Account closed', note: () => null },
}
