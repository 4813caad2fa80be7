import '@/ui/forms.css'
import '@/ui/overlays.css'
import { useQuery } from '@tanstack/react-query'
import { me } from '@/features/account/queries'
import { About } from './About'
import { ApiKeys } from './ApiKeys'
import { Appearance } from './Appearance'
import { PasswordPart } from './PasswordPart'
import { Providers } from './Providers'
import { Section } from './Section'
import classes from './Settings.module.css'

const ROLES: Record<string, string> = {
  admin: 'admin',
  moderator: 'moderator',
  basic_user: 'member',
}

/** Account, appearance, and what the studio is made of. */
export default function SettingsPage() {
  const account = useQuery(me)
  const who = account.data
  return (
    <main className={classes.page}>
      <h1 className={classes.heading}>Settings</h1>
      <Section
        id="account"
        title="Account"
        about="Who you are in this studio, and how you come in."
      >
        {who ? (
          <>
            <dl className={classes.facts}>
              <div>
                <dt>Name</dt>
                <dd>{who.display_name}</dd>
              </div>
              <div>
                <dt>User name</dt>
                <dd>{who.username}</dd>
              </div>
              <div>
                <dt>Role</dt>
                <dd>
                  {who.roles.map((role) => ROLES[role] ?? role.replaceAll('_', ' ')).join(', ')}
                </dd>
              </div>
            </dl>
            {who.shared ? (
              <p className={classes.hint}>
                You look around as a guest: all guests share this account, and nothing can be made
                or changed with it. Sign out and come back with an account of your own to make
                pictures.
              </p>
            ) : (
              <>
                <PasswordPart account={who} />
                <Providers />
              </>
            )}
          </>
        ) : null}
      </Section>
      {who?.shared ? null : (
        <Section
          id="keys"
          title="API keys"
          about="For programs that make pictures in your name. A key can do what you can do, so treat it like a password."
        >
          <ApiKeys />
        </Section>
      )}
      <Section id="appearance" title="Appearance" about="Kept in this browser.">
        <Appearance />
      </Section>
      <Section
        id="about"
        title="Engines"
        about="What makes things here, whose models they are, and what is missing for the rest."
      >
        <About />
      </Section>
    </main>
  )
}
