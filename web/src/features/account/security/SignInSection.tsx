import { useSuspenseQuery } from '@tanstack/react-query'
import { Panel } from '@/features/account/Panel'
import { me } from '@/features/account/queries'
import { IdentitiesPart } from './IdentitiesPart'
import { PasswordPart } from './PasswordPart'
import { SessionsPart } from './SessionsPart'
import { TwoFactorPart } from './TwoFactorPart'

/** How one comes in, and where one is signed in. */
export default function SignInSection() {
  const { data: account } = useSuspenseQuery(me)
  return (
    <>
      <Panel
        title={account.has_password ? 'Password' : 'Set a password'}
        about={
          account.has_password
            ? 'Changing it signs your other browsers out.'
            : 'You came in by a link. With a password you can come back without a new one.'
        }
      >
        <PasswordPart account={account} />
      </Panel>
      <TwoFactorPart on={account.two_factor} />
      <IdentitiesPart />
      <SessionsPart />
    </>
  )
}
