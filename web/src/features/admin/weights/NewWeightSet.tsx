import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf } from '@/api'
import { keys } from '@/api/keys'
import { TermWeights } from '@/features/prompting/TermWeights'
import { weightsOf, type TermWeight } from '@/features/prompting/terms'
import panel from '../panel.module.css'

/** Saves a set of weights; where another says the same, its name is told instead. */
export function NewWeightSet({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [terms, setTerms] = useState<TermWeight[]>([{ term: '', weight: 1.2 }])
  const client = useQueryClient()
  const weights = weightsOf(terms)
  const make = useMutation({
    mutationFn: () => sdk.makeWeightSet({ body: { config_name: name.trim(), weights } }),
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: keys.weightSets })
    },
  })
  const ready = name.trim() !== '' && Object.keys(weights).length > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) make.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      centered
      title="New weight set"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={panel.form} onSubmit={submit} aria-label="Weight set">
        <TextInput
          label="Name"
          size="md"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TermWeights terms={terms} onChange={setTerms} />
        {make.isError ? (
          <p className={panel.error} role="alert">
            {sentenceOf(make.error)}
          </p>
        ) : null}
        <div className={panel.actions}>
          <Button type="submit" loading={make.isPending} disabled={!ready}>
            Save the set
          </Button>
        </div>
      </form>
    </Modal>
  )
}
