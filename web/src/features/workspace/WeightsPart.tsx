import '@/ui/forms.css'
import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { LEAST_WEIGHT, MOST_WEIGHT, WEIGHT_STEP, weightWords } from '@/features/prompting/terms'
import { RangeField } from '@/ui/Fields'
import composer from './Composer.module.css'
import { patchDraft } from './draft'
import classes from './WeightsPart.module.css'
import { chosenTerm, reach, wordsOf, type Reach } from './words'

type TranslateBody = Parameters<typeof sdk.translateWeights>[0]['body']

/** A weighted prompt read and written; the last reading stays until the next is there. */
const translation = (body: TranslateBody) =>
  queryOptions({
    queryKey: keys.translation(body),
    queryFn: ({ signal }) => sdk.translateWeights({ body, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })

const TYPING_MS = 250
const FIRST_WEIGHT = 1.3

/** Words of the prompt that should count for more or less, written as the engines read it. */
export default function WeightsPart({ prompt, onClose }: { prompt: string; onClose: () => void }) {
  const [chosen, setChosen] = useState<Reach | null>(null)
  const [typed, setTyped] = useState('')
  const [weight, setWeight] = useState(FIRST_WEIGHT)
  const [settled] = useDebouncedValue(prompt, TYPING_MS)
  const read = useQuery(translation({ text: settled }))
  const words = wordsOf(read.data?.clauses ?? [])
  const term = typed.trim() || chosenTerm(words, chosen)
  const [settledWeight] = useDebouncedValue(weight, TYPING_MS)
  const weighed = useQuery({
    ...translation({ text: settled, weights: { [term]: settledWeight } }),
    enabled: term !== '' && settled === prompt,
  })
  const choose = (at: number) => {
    setTyped('')
    const next = reach(chosen, at)
    setChosen(next)
    const own = next && words[next.from]?.weight
    setWeight(own && own !== 1 ? own : FIRST_WEIGHT)
  }
  const write = () => {
    if (!weighed.data) return
    patchDraft({ prompt: weighed.data.a1111 })
    setChosen(null)
    setTyped('')
    setWeight(FIRST_WEIGHT)
  }
  const error = read.error ?? weighed.error
  return (
    <section className={composer.part} aria-label="Weights">
      <div className={composer.partHead}>
        <strong>Weights</strong> choose words, and how much they count
        <span className={composer.spacer} />
        <CloseButton size="sm" aria-label="Close the weights" onClick={onClose} />
      </div>
      <div className={classes.words} role="group" aria-label="Words of the prompt">
        {words.map((word, at) => (
          <button
            key={at}
            type="button"
            className={classes.word}
            aria-pressed={chosen !== null && at >= chosen.from && at <= chosen.to}
            data-weighed={word.weight !== 1 || undefined}
            onClick={() => choose(at)}
          >
            {word.text}
            {word.weight === 1 ? null : <small>×{round(word.weight)}</small>}
          </button>
        ))}
      </div>
      <div className={classes.fields}>
        <TextInput
          label="Or a term of your own"
          maxLength={100}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            setChosen(null)
          }}
        />
        <RangeField
          label={term ? `Weight of “${term}”` : 'Weight'}
          value={weight}
          minimum={LEAST_WEIGHT}
          maximum={MOST_WEIGHT}
          step={WEIGHT_STEP}
          standard={1}
          show={weightWords}
          onChange={(value) => setWeight(value ?? 1)}
        />
      </div>
      {error ? (
        <p className={`${composer.hint} ${classes.error}`} role="alert">
          {sentenceOf(error)}
        </p>
      ) : null}
      {term && weighed.data && !weighed.error ? (
        <div className={classes.preview}>
          <code aria-label="The prompt with its weights">{weighed.data.a1111}</code>
          <Button
            variant="default"
            size="xs"
            disabled={weighed.data.a1111 === prompt}
            onClick={write}
          >
            Write it
          </Button>
        </div>
      ) : (
        <p className={composer.hint}>A press chooses a word, a second one all words up to there.</p>
      )}
    </section>
  )
}

const round = (weight: number): number => Math.round(weight * 100) / 100
