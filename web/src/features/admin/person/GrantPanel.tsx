import { Button, NumberInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { ApiError, sdk, sentenceOf, type PersonOut } from '@/api'
import { keys } from '@/api/keys'
import { newKey } from '@/features/jobs/actions'
import { Choice } from '@/ui/Fields'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import classes from './GrantPanel.module.css'

type Way = 'give' | 'take'
/** What the studio takes at most in one go. */
const MOST = 1_000_000

/** Gives a person credits or takes some, and shows beforehand what they will have. */
export function GrantPanel({ person }: { person: PersonOut }) {
  const [way, setWay] = useState<Way>('give')
  const [amount, setAmount] = useState<number | ''>('')
  const [reason, setReason] = useState('')
  // One key for one intention: sending it again after a broken answer gives once.
  const [intention, setIntention] = useState(newKey)
  const client = useQueryClient()
  const change = amount === '' ? 0 : way === 'give' ? amount : -amount
  const give = useMutation({
    mutationFn: () =>
      sdk.giveCredits({
        path: { person_id: person.id },
        body: { amount: change, reason: reason.trim() },
        headers: { 'idempotency-key': intention },
      }),
    onSuccess: async ({ balance }) => {
      showToast({ text: `${person.username} has ${count(balance, 'credit')} now`, tone: 'success' })
      setAmount('')
      setReason('')
      setIntention(newKey())
      await Promise.all(
        [keys.people, keys.studioLedger, keys.studioTrail, keys.credits].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      )
    },
    onError: (error) => {
      // What was refused was not done, and what comes next is another intention.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500)
        setIntention(newKey())
    },
  })
  const ready = change !== 0 && reason.trim() !== ''
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) give.mutate()
  }
  const after = person.balance + change
  return (
    <Panel
      title="Credits"
      about="Each grant is an entry of the ledger, with its reason and your name."
    >
      <form className={`${panel.form} ${panel.short}`} onSubmit={submit} aria-label="Credits">
        <Choice<Way>
          label="What"
          value={way}
          options={[
            { value: 'give', label: 'Give' },
            { value: 'take', label: 'Take' },
          ]}
          onChange={setWay}
        />
        <div className={classes.amounts}>
          <NumberInput
            label="Amount"
            size="md"
            min={1}
            max={MOST}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=","
            hideControls
            value={amount}
            onChange={(next) => setAmount(typeof next === 'number' ? next : '')}
          />
          <dl className={classes.balance}>
            <div>
              <dt>Has</dt>
              <dd>{person.balance.toLocaleString('en-GB')}</dd>
            </div>
            <div>
              <dt>New balance</dt>
              <dd aria-live="polite" data-short={after < 0 || undefined}>
                {after.toLocaleString('en-GB')}
              </dd>
            </div>
          </dl>
        </div>
        <TextInput
          label="Reason"
          size="md"
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {give.isError ? (
          <p className={panel.error} role="alert">
            {sentenceOf(give.error)}
          </p>
        ) : null}
        <div className={panel.actions}>
          <Button type="submit" variant="default" loading={give.isPending} disabled={!ready}>
            {way === 'give' ? 'Give' : 'Take'}{' '}
            {change === 0 ? 'credits' : count(Math.abs(change), 'credit')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
