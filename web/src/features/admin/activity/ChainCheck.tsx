import { Button, Modal } from '@mantine/core'
import { IconCircleCheck, IconLink, IconLinkOff } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { sdk, sentenceOf, type TrailCheckOut } from '@/api'
import { count } from '@/ui/format'
import panel from '../panel.module.css'
import classes from './ChainCheck.module.css'

/** Asks the studio whether every entry of the trail is as it was written, and shows the answer. */
export function ChainCheck() {
  const check = useMutation({ mutationFn: () => sdk.verifyTrail() })
  const answered = check.isSuccess || check.isError
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconLink size={18} stroke={1.7} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        Check the chain
      </Button>
      <Modal
        opened={answered}
        onClose={check.reset}
        centered
        title="The chain of the trail"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {check.isError ? (
          <p className={panel.error} role="alert">
            {sentenceOf(check.error)}
          </p>
        ) : null}
        {check.data ? <Answer state={check.data} /> : null}
      </Modal>
    </>
  )
}

function Answer({ state }: { state: TrailCheckOut }) {
  const { first_bad: bad } = state
  if (!bad) {
    return (
      <div className={classes.answer} role="status">
        <IconCircleCheck size={28} stroke={1.5} className={classes.good} aria-hidden />
        <p>
          All {count(state.entries, 'entry', 'entries')} are as they were written: none was changed,
          removed or added beside the studio.
        </p>
      </div>
    )
  }
  return (
    <div className={classes.answer} role="alert">
      <IconLinkOff size={28} stroke={1.5} className={classes.bad} aria-hidden />
      <div>
        <p>
          The trail is not whole from entry {bad.seq.toLocaleString('en-GB')} on: {bad.fault}
        </p>
        <p className={panel.hint}>
          {count(state.entries, 'entry', 'entries')} before it are as they were written. Somebody
          changed the database beside the studio: keep a copy of it as it is, and compare it with a
          backup.
        </p>
        {bad.entry_id ? (
          <p className={panel.hint}>
            <code>{bad.entry_id}</code>
          </p>
        ) : null}
      </div>
    </div>
  )
}
