import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { sentenceOf, type ModelUploadOut } from '@/api'
import { fileSize } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import classes from './Models.module.css'
import { modelUploads, useModelsChanged } from './queries'
import { cancelSending, goOn, isSame, useSendings, type Sending } from './sending'

/** Files on their way in, those of this page and those that were left unfinished. */
export function Uploads() {
  const sendings = useSendings()
  const { data: known = [] } = useQuery(modelUploads)
  const mine = new Set(sendings.map((each) => each.upload.id))
  const left = known.filter((each) => !mine.has(each.id))
  if (sendings.length + left.length === 0) return null
  return (
    <ul className={classes.uploads} aria-label="Being installed">
      {sendings.map((each) => (
        <Row key={each.upload.id} upload={each.upload} sending={each} />
      ))}
      {left.map((each) => (
        <Row key={each.id} upload={each} />
      ))}
    </ul>
  )
}

function Row({ upload, sending }: { upload: ModelUploadOut; sending?: Sending }) {
  const changed = useModelsChanged()
  const field = useRef<HTMLInputElement>(null)
  const share = upload.offset / upload.size
  const cancel = useMutation({
    mutationFn: () => cancelSending(upload.id),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: changed,
  })
  const resume = (file: File) => {
    if (!isSame(upload, file)) {
      showToast({
        text: `That is another file: choose ${upload.name} of ${fileSize(upload.size)}.`,
        tone: 'error',
      })
      return
    }
    goOn(upload, file)
      .then((made) => made && showToast({ text: `${made.name} is installed`, tone: 'success' }))
      .catch(() => undefined)
      .finally(() => void changed())
  }
  const waits = !sending || sending.stage === 'failed'
  return (
    <li className={classes.upload}>
      <div className={classes.uploadHead}>
        <strong>{upload.name}</strong>
        <span className={classes.quiet}>
          {fileSize(upload.offset)} of {fileSize(upload.size)}
        </span>
      </div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={`${upload.name}, sent`}
        aria-valuenow={Math.round(share * 100)}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <div className={classes.uploadFoot}>
        <span className={sending?.problem ? classes.bad : classes.quiet} role="status">
          {wordsOf(sending)}
        </span>
        {waits ? (
          <Button variant="default" onClick={() => field.current?.click()}>
            Choose the file
          </Button>
        ) : null}
        <Button
          variant="subtle"
          color="gray"
          aria-label={`Cancel ${upload.name}`}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
        <input
          ref={field}
          type="file"
          hidden
          aria-label={`Go on with ${upload.name}`}
          accept=".safetensors,.gguf"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0]
            if (file) resume(file)
            event.currentTarget.value = ''
          }}
        />
      </div>
    </li>
  )
}

function wordsOf(sending: Sending | undefined): string {
  switch (sending?.stage) {
    case 'sending':
      return 'Sending. Stay on the page, or come back and choose the file again.'
    case 'checking':
      return 'Checking and storing'
    case 'failed':
      return `${sending.problem} Choose the same file to go on where it stopped.`
    default:
      return 'Stopped. Choose the same file again to go on where it stopped.'
  }
}
