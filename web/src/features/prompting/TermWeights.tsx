import { Button, CloseButton, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { RangeField } from '@/ui/Fields'
import classes from './prompting.module.css'
import {
  LEAST_WEIGHT,
  MAX_TERMS,
  MOST_WEIGHT,
  WEIGHT_STEP,
  weightWords,
  type TermWeight,
} from './terms'

interface TermWeightsProps {
  terms: readonly TermWeight[]
  onChange: (terms: TermWeight[]) => void
}

/** Terms, each with how much it counts. */
export function TermWeights({ terms, onChange }: TermWeightsProps) {
  const change = (at: number, part: Partial<TermWeight>) =>
    onChange(terms.map((each, index) => (index === at ? { ...each, ...part } : each)))
  return (
    <div className={classes.terms}>
      {terms.map((each, at) => (
        <div key={at} className={classes.term}>
          <TextInput
            label={`Term ${at + 1}`}
            size="sm"
            maxLength={100}
            autoComplete="off"
            value={each.term}
            onChange={(event) => change(at, { term: event.currentTarget.value })}
          />
          <RangeField
            label="Weight"
            value={each.weight}
            minimum={LEAST_WEIGHT}
            maximum={MOST_WEIGHT}
            step={WEIGHT_STEP}
            standard={1}
            show={weightWords}
            onChange={(weight) => change(at, { weight: weight ?? 1 })}
          />
          <CloseButton
            aria-label={`Remove ${each.term || `term ${at + 1}`}`}
            onClick={() => onChange(terms.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      {terms.length < MAX_TERMS ? (
        <Button
          className={classes.add}
          variant="subtle"
          color="gray"
          leftSection={<IconPlus size={16} stroke={1.7} aria-hidden />}
          onClick={() => onChange([...terms, { term: '', weight: 1.2 }])}
        >
          Add a term
        </Button>
      ) : (
        <p className={classes.hint}>At most {MAX_TERMS} terms are weighed at once.</p>
      )}
    </div>
  )
}
