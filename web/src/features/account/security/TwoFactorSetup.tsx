import { Button } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { type TwoFactorSetupOut } from '@/api'
import parts from '@/features/account/parts.module.css'
import { copyText } from '@/ui/copyText'
import { CodeForm } from './CodeForm'
import classes from './TwoFactor.module.css'

const QrCode = lazy(() => import('./QrCode'))

interface TwoFactorSetupProps {
  setup: TwoFactorSetupOut
  pending: boolean
  error: unknown
  onCode: (code: string) => void
  onCancel: () => void
}

/** The secret for an authenticator app, as a picture and by hand, and the first code from it. */
export function TwoFactorSetup({ setup, pending, error, onCode, onCancel }: TwoFactorSetupProps) {
  return (
    <div className={classes.setup}>
      <Suspense fallback={<div className={classes.qr} />}>
        <QrCode text={setup.uri} label="QR code for your authenticator app" />
      </Suspense>
      <ol className={classes.steps}>
        <li>
          <div>Scan this with an authenticator app, or type the secret into it.</div>
          <div className={parts.secretLine}>
            <code className={parts.secret}>{inFours(setup.secret)}</code>
            <Button
              variant="default"
              leftSection={<IconCopy size={18} stroke={1.7} aria-hidden />}
              onClick={() => void copyText(setup.secret, 'Secret copied')}
            >
              Copy
            </Button>
          </div>
        </li>
        <li>
          <div>Give the code that the app shows now. Nothing changes before that.</div>
          <CodeForm
            name="Confirm two-factor sign-in"
            action="Turn it on"
            pending={pending}
            error={error}
            onCode={onCode}
            onCancel={onCancel}
          />
        </li>
      </ol>
    </div>
  )
}

/** Letters in groups of four, as they are read out and typed. */
const inFours = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret
