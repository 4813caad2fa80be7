import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCube, IconPhotoOff } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, sdk, sentenceOf, type ModelFileOut } from '@/api'
import { AskTwice } from '@/ui/AskTwice'
import { count, date, fileSize, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { kindName, parametersOf } from './kinds'
import classes from './Models.module.css'
import { isHashing, useModelsChanged } from './queries'

/** One model file; pressed, it tells all that is known of it. */
export function ModelRow({
  file,
  open,
  onToggle,
}: {
  file: ModelFileOut
  open: boolean
  onToggle: () => void
}) {
  const trouble = troubleOf(file)
  return (
    <li className={classes.model} data-gone={file.missing_since ? true : undefined}>
      <button
        type="button"
        className={classes.head}
        aria-expanded={open}
        aria-label={`${file.title || file.name}, ${kindName(file.kind)}`}
        onClick={onToggle}
      >
        <Picture file={file} />
        <span className={classes.names}>
          <strong>{file.title || file.name}</strong>
          <span className={classes.quiet}>
            {[file.title ? file.name : '', kindName(file.kind), file.family_label]
              .filter(Boolean)
              .join(' · ')}
          </span>
          {trouble ? (
            <span className={classes.trouble}>
              <IconAlertTriangle size={15} stroke={1.7} aria-hidden /> {trouble}
            </span>
          ) : null}
        </span>
        <span className={classes.figures}>
          <span>{fileSize(file.size)}</span>
          <span className={classes.quiet}>
            {file.uses ? `used ${count(file.uses, 'time')}` : 'not used yet'}
          </span>
        </span>
      </button>
      {open ? <Detail file={file} /> : null}
    </li>
  )
}

function Picture({ file }: { file: ModelFileOut }) {
  const [broken, setBroken] = useState(false)
  if (file.preview_url && !broken) {
    return (
      <img
        className={classes.picture}
        src={file.preview_url}
        alt=""
        loading="lazy"
        onError={() => setBroken(true)}
      />
    )
  }
  const Icon = broken ? IconPhotoOff : IconCube
  return (
    <span className={classes.picture}>
      <Icon size={22} stroke={1.4} aria-hidden />
    </span>
  )
}

/** From how many characters on a fact has a line of its own. */
const LONG = 40

/** What keeps a file from being used, in a few words; empty where nothing does. */
function troubleOf(file: ModelFileOut): string {
  if (file.missing_since) return `Gone since ${when(file.missing_since)}`
  if (file.fault) return 'Cannot be used'
  if (file.hash_agrees === false) return 'Not as its maker wrote it'
  if (!file.runs) return 'Not for the studio’s own engines'
  if (file.kind === 'lora' && file.family && file.fitting === 0) return 'No model here fits it'
  return ''
}

function Detail({ file }: { file: ModelFileOut }) {
  const partner = file.kind === 'lora' ? 'Works with' : 'LoRAs that fit'
  const facts: [string, string][] = [
    ['Lies at', file.place],
    ['Trigger words', file.triggers.join(', ')],
    [partner, fitsOf(file)],
    ['Made by', file.author],
    ['Licence', file.licence],
    ['Trained at', file.resolution],
    ['Predicts', file.prediction_type],
    [
      'Weights',
      [file.parameters ? parametersOf(file.parameters) : '', file.precision]
        .filter(Boolean)
        .join(', '),
    ],
    ['Last used', file.last_used_at ? when(file.last_used_at) : ''],
    ['Found', date(file.created_at)],
    ['SHA-256', file.sha256 ?? (isHashing(file) ? `${Math.round(file.hashed * 100)} % read` : '')],
  ]
  return (
    <div className={classes.detail}>
      {file.fault ? <p className={classes.bad}>{file.fault}</p> : null}
      {file.hash_agrees === false ? (
        <p className={classes.bad}>
          What the file says of its tensors is not so: it is damaged, or somebody changed it.
        </p>
      ) : null}
      {file.description ? <p>{file.description}</p> : null}
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label} data-long={value.length > LONG || undefined}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <Removal file={file} />
    </div>
  )
}

function fitsOf(file: ModelFileOut): string {
  const more = file.fitting - file.fits.length
  return file.fits.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function Removal({ file }: { file: ModelFileOut }) {
  const changed = useModelsChanged()
  const [refusal, setRefusal] = useState('')
  const remove = useMutation({
    mutationFn: (force: boolean) =>
      sdk.removeModelFile({ path: { file_id: file.id }, query: { force } }),
    onSuccess: () => showToast({ text: `${file.name} is removed` }),
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'model_file_in_use') {
        setRefusal(sentenceOf(error))
      } else showToast({ text: sentenceOf(error), tone: 'error' })
    },
    onSettled: changed,
  })
  if (!file.removable) {
    return (
      <p className={classes.quiet}>
        It lies in a folder that the studio only reads: remove it there.
      </p>
    )
  }
  if (refusal) {
    return (
      <div className={classes.removal} role="alert">
        <span className={classes.bad}>{refusal}</span>
        <Button color="red" variant="light" onClick={() => remove.mutate(true)}>
          Remove it anyway
        </Button>
        <Button variant="subtle" color="gray" onClick={() => setRefusal('')}>
          Leave it
        </Button>
      </div>
    )
  }
  return (
    <div className={classes.removal}>
      <AskTwice
        action={file.missing_since ? 'Forget it' : 'Remove'}
        sure={file.missing_since ? 'Forget it for good' : `Remove ${fileSize(file.size)} from disk`}
        label={`Remove ${file.name}`}
        pending={remove.isPending}
        onSure={() => remove.mutate(false)}
      />
      {file.missing_since ? null : (
        <span className={classes.quiet}>There is no way back: the file is gone then.</span>
      )}
    </div>
  )
}
