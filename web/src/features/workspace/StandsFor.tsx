import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconArrowsSplit2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { sentenceOf } from '@/api'
import { panels } from '@/app/panels'
import { isDynamic, missingValues, variablesIn } from '@/features/book/dynamic'
import { expansion } from '@/features/book/queries'
import { sendMask } from '@/features/masking/sendMask'
import { count } from '@/ui/format'
import classes from './Composer.module.css'

const TYPING_MS = 400

/** Says how many prompts one stands for, where it has choices, lists or variables. */
export function StandsFor({ prompt }: { prompt: string }) {
  const [settled] = useDebouncedValue(prompt.trim(), TYPING_MS)
  const missing = missingValues(variablesIn(settled), {})
  const found = useQuery({
    ...expansion({ prompt: settled, count: 1 }),
    enabled: isDynamic(settled) && missing.length === 0,
  })
  if (!isDynamic(prompt)) return null
  const total = found.data?.total
  const said = missing.length
    ? `Needs a value for ${missing.map(({ name }) => name).join(', ')}`
    : found.error
      ? sentenceOf(found.error)
      : total === undefined
        ? 'Stands for many prompts'
        : `Stands for ${typeof total === 'number' ? count(total, 'prompt') : `${total} prompts`}`
  return (
    <div className={`${classes.part} ${classes.partHead}`} role="status">
      <IconArrowsSplit2 size={16} stroke={1.7} aria-hidden />
      <span className={classes.grow}>{said}</span>
      {found.error && missing.length === 0 ? (
        <Button variant="default" size="xs" onClick={() => panels.open('book')}>
          Open the book
        </Button>
      ) : (
        <Button
          variant="default"
          size="xs"
          onClick={() => void sendMask().then((sent) => sent && panels.open('combinations'))}
        >
          See and make them
        </Button>
      )}
    </div>
  )
}
