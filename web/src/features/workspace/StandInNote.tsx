import { CloseButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { jobTypes } from '@/features/jobs/queries'
import classes from './Composer.module.css'
import { useDraft } from './draft'

/** Says once that the engine is a stand-in, until it is closed; the settings say it always. */
export function StandInNote() {
  const { jobType } = useDraft()
  const { data: types } = useQuery(jobTypes)
  const engine = types?.find((type) => type.job_type === jobType)?.engine
  const [seen, setSeen] = useLocalStorage({
    key: `fabula.note.stand-in.${engine?.id ?? ''}`,
    defaultValue: false,
  })
  if (seen || (types && !engine?.stand_in)) return null
  if (!engine) return <p className={classes.standIn} />
  return (
    <p className={classes.standIn}>
      <IconInfoCircle size={16} stroke={1.7} aria-hidden />
      <span>{engine.summary}.</span>
      <CloseButton size="sm" aria-label="Close the note" onClick={() => setSeen(true)} />
    </p>
  )
}
