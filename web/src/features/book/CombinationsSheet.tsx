import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf, type ExpandOut } from '@/api'
import { RowsSkeleton } from '@/features/account/Panel'
import { useDraft } from '@/features/workspace/draft'
import { randomSeed } from '@/features/workspace/request'
import { useKeys } from '@/keys/useKeys'
import { escapeCloses } from '@/ui/escape'
import { Choice, RangeField } from '@/ui/Fields'
import { count } from '@/ui/format'
import classes from './book.module.css'
import { givenValues, missingValues, variablesIn } from './dynamic'
import { MakeAll } from './MakeAll'
import { expansion } from './queries'

const TYPING_MS = 300
/** The most that are made in one go; the rest of a long list waits for the next. */
const MOST = 50

type Way = 'all' | 'random'

/** What a prompt stands for: all of it or some by chance, and the making of it. */
export default function CombinationsSheet({ onClose }: { onClose: () => void }) {
  useKeys({ close: onClose }, { modal: true })
  const { prompt } = useDraft()
  const [values, setValues] = useState<Record<string, string>>({})
  const [way, setWay] = useState<Way>('all')
  const [number, setNumber] = useState(6)
  const [seed, setSeed] = useState(randomSeed)
  const [settled] = useDebouncedValue(givenValues(values), TYPING_MS)
  const body = {
    prompt: prompt.trim(),
    values: settled,
    ...(way === 'random' ? { mode: way, count: number, seed } : { count: MOST }),
  }
  const named = variablesIn(prompt)
  const missing = missingValues(named, values)
  const found = useQuery({ ...expansion(body), enabled: missing.length === 0 })
  // Entries of lists may name variables too; the studio tells of the first that it misses.
  const asked = found.error
    ? [...named, ...variablesIn(sentenceOf(found.error).replace('=…', ''))]
    : [...named, ...(found.data?.variables ?? []).map((name) => ({ name, hasDefault: true }))]
  const fields = asked.filter((each, at) => asked.findIndex((a) => a.name === each.name) === at)
  return (
    <Modal
      opened
      onClose={onClose}
      {...escapeCloses(onClose)}
      size="lg"
      centered
      title="Prompts that this one stands for"
      closeButtonProps={{ size: 44, 'aria-label': 'Close' }}
    >
      <div className={classes.sheet}>
        {fields.length ? (
          <div className={classes.pair}>
            {fields.map(({ name, hasDefault }) => (
              <TextInput
                key={name}
                label={name}
                placeholder={hasDefault ? 'as it says' : 'a value for it'}
                maxLength={500}
                autoComplete="off"
                value={values[name] ?? ''}
                onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
              />
            ))}
          </div>
        ) : null}
        <Choice<Way>
          label="Take"
          value={way}
          options={[
            { value: 'all', label: 'All in order' },
            { value: 'random', label: 'Some by chance' },
          ]}
          onChange={setWay}
        />
        {way === 'random' ? (
          <RangeField
            label="How many"
            value={number}
            minimum={1}
            maximum={MOST}
            step={1}
            standard={6}
            onChange={(value) => setNumber(value ?? 1)}
            hint={
              <>
                Drawn by seed {seed}.{' '}
                <button
                  type="button"
                  className={classes.again}
                  onClick={() => setSeed(randomSeed())}
                >
                  Draw others
                </button>
              </>
            }
          />
        ) : null}
        {missing.length ? (
          <p className={classes.hint}>
            Give a value for {missing.map(({ name }) => name).join(', ')} first.
          </p>
        ) : null}
        {found.isError && !missing.length ? (
          <p className={classes.error} role="alert">
            {sentenceOf(found.error)}
          </p>
        ) : null}
        {found.isFetching && !found.data ? <RowsSkeleton rows={5} height={28} /> : null}
        {found.data && !found.isError && !missing.length ? (
          <>
            <p className={classes.hint} role="status">
              {said(found.data)}
            </p>
            {/* Other prompts are another list to make, from its beginning. */}
            <MakeAll
              key={found.data.prompts.join('\n')}
              prompts={found.data.prompts}
              onMade={onClose}
            />
          </>
        ) : null}
      </div>
    </Modal>
  )
}

function said({ total, prompts }: ExpandOut): string {
  const all = typeof total === 'number' ? count(total, 'prompt') : `${total} prompts`
  if (prompts.length === total) return `Stands for ${all}.`
  return `Stands for ${all}; here are ${prompts.length.toLocaleString('en-GB')}.`
}
