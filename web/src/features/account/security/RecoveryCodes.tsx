import { Button } from '@mantine/core'
import { IconCopy, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import parts from '@/features/account/parts.module.css'
import { copyText } from '@/ui/copyText'
import { saveText } from '@/ui/saveText'
import classes from './TwoFactor.module.css'

interface RecoveryCodesProps {
  codes: readonly string[]
  username: string
  /** The person says that the codes are kept. */
  onKept: () => void
}

/** Recovery codes, which are shown this once; they go when the person says that they are kept. */
export function RecoveryCodes({ codes, username, onKept }: RecoveryCodesProps) {
  const [kept, setKept] = useState(false)
  const text = `${codes.join('\n')}\n`
  return (
    <div className={parts.fresh} role="group" aria-label="Recovery codes">
      <strong>Your recovery codes</strong>
      <p className={parts.hint}>
        Without the app, one of these lets you in, each once. They are shown now and never again:
        keep them where the password is not.
      </p>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={parts.buttons}>
        <Button
          variant="default"
          leftSection={<IconCopy size={18} stroke={1.7} aria-hidden />}
          onClick={() => void copyText(text, 'Codes copied')}
        >
          Copy
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} stroke={1.7} aria-hidden />}
          onClick={() => saveText(`fabula-recovery-codes-${username}.txt`, text)}
        >
          Download
        </Button>
      </div>
      <label className={classes.kept}>
        <input
          type="checkbox"
          checked={kept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        I kept them
      </label>
      <Button className={parts.submit} disabled={!kept} onClick={onKept}>
        Done
      </Button>
    </div>
  )
}
