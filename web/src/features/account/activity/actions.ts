import type { Action, ActivityOut } from '@/api'
import { count } from '@/ui/format'
import { number, quoted, text, texts } from './facts'
import { PROMPT_ACTIONS } from './promptActions'

/** What an action is about, for its icon and for choosing. */
export type Topic = 'signing in' | 'keys' | 'people' | 'credits' | 'studio' | 'refusal'

export interface ActionWords {
  /** What it is called in a list to choose from. */
  label: string
  topic: Topic
  /** Only who looks after the studio does it. */
  staff?: boolean
  /** What was done, in the past and without who: `Made the key “script”.` */
  sentence: (entry: ActivityOut, nameOf: NameOf) => string
}

/** The name of an account, for the sentences about other people. */
export type NameOf = (accountId: string) => string | undefined

/** ` of ada` where an entry is about another account than the actor's own. */
function ofOther(entry: ActivityOut, nameOf: NameOf): string {
  if (!entry.resource_id || entry.resource_id === entry.user_id) return ''
  return ` of ${named(entry, nameOf)}`
}

function named(entry: ActivityOut, nameOf: NameOf): string {
  const id = entry.resource_id
  if (!id) return 'an account'
  return nameOf(id) ?? `account ${id.slice(0, 8)}`
}

const WAYS: Record<string, string> = {
  link: ' by a one-time link',
  password: ' with the password',
  'password and code': ' with the password and a code',
}
const way = (entry: ActivityOut): string => {
  const known = text(entry.after?.way)
  return WAYS[known] ?? (known ? ` by ${known}` : '')
}

/** `the role admin`, for what came or went between before and after. */
function roleChange(entry: ActivityOut): string {
  const [before, after] = [texts(entry.before?.roles), texts(entry.after?.roles)]
  const changed = [
    ...after.filter((role) => !before.includes(role)),
    ...before.filter((role) => !after.includes(role)),
  ]
  if (changed.length === 0) return 'a role'
  return `the role ${changed.map((role) => role.replaceAll('_', ' ')).join(', ')}`
}

function credits(entry: ActivityOut, nameOf: NameOf): string {
  const amount = number(entry.after?.amount)
  const reason = text(entry.after?.reason)
  const moved = count(Math.abs(amount), 'credit')
  const whom = named(entry, nameOf)
  const what = amount < 0 ? `Took ${moved} from ${whom}` : `Gave ${moved} to ${whom}`
  return `${what}${reason ? `: ${reason}` : ''}`
}

/** Every action that the trail knows; the build says so when one has no words. */
export const ACTIONS: Readonly<Record<Action, ActionWords>> = {
  sign_in: {
    label: 'Signed in',
    topic: 'signing in',
    sentence: (entry) => `Signed in${way(entry)}`,
  },
  'sign_in.failed': {
    label: 'Failed sign-ins',
    topic: 'refusal',
    staff: true,
    sentence: (entry, nameOf) =>
      `Somebody failed to sign in${entry.resource_id ? ` as ${named(entry, nameOf)}` : ''}${way(entry)}`,
  },
  sign_out: { label: 'Signed out', topic: 'signing in', sentence: () => 'Signed out' },
  'sign_in_link.made': {
    label: 'Sign-in links made',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => `Made a sign-in link for ${named(entry, nameOf)}`,
  },
  'password.changed': {
    label: 'Password changed',
    topic: 'signing in',
    sentence: () => 'Changed the password',
  },
  'two_factor.added': {
    label: 'Two-factor turned on',
    topic: 'signing in',
    sentence: () => 'Turned two-factor sign-in on',
  },
  'two_factor.removed': {
    label: 'Two-factor turned off',
    topic: 'signing in',
    sentence: (entry, nameOf) => `Turned two-factor sign-in${ofOther(entry, nameOf)} off`,
  },
  'recovery_codes.made': {
    label: 'Recovery codes renewed',
    topic: 'signing in',
    sentence: () => 'Made new recovery codes',
  },
  'session.revoked': {
    label: 'A browser signed out',
    topic: 'signing in',
    sentence: () => 'Signed another browser out',
  },
  'sessions.revoked': {
    label: 'Signed out everywhere',
    topic: 'signing in',
    sentence: (entry, nameOf) =>
      `Ended all ${count(number(entry.after?.sessions), 'session')}${ofOther(entry, nameOf)}`,
  },
  'api_key.made': {
    label: 'API key made',
    topic: 'keys',
    sentence: (entry) => {
      const scopes = texts(entry.after?.scopes).join(', ')
      return `Made the API key${quoted(entry.after?.name)}${scopes ? ` (${scopes})` : ''}`
    },
  },
  'api_key.revoked': {
    label: 'API key revoked',
    topic: 'keys',
    sentence: (entry) => `Revoked the API key${quoted(entry.before?.name)}`,
  },
  'api_keys.revoked': {
    label: 'All API keys revoked',
    topic: 'keys',
    staff: true,
    sentence: (entry, nameOf) => `Revoked all API keys${ofOther(entry, nameOf)}`,
  },
  'content.refused': {
    label: 'Refused by the rules',
    topic: 'refusal',
    sentence: (entry) => {
      const rule = entry.resource_id?.replaceAll('_', ' ')
      return `Asked for something that the studio does not make${rule ? ` (rule: ${rule})` : ''}`
    },
  },
  'content.chosen': {
    label: 'Content chosen',
    topic: 'studio',
    sentence: (entry) =>
      entry.after?.mode === 'adult'
        ? 'Chose to see content for adults too'
        : 'Chose content for a general audience',
  },
  'age.verified': {
    label: 'Ages confirmed',
    topic: 'studio',
    sentence: (entry, nameOf) => `Confirmed the age${ofOther(entry, nameOf)}`,
  },
  'age.refused': {
    label: 'Ages not confirmed',
    topic: 'refusal',
    sentence: () => 'Gave a birth date that is not old enough',
  },
  'age.withdrawn': {
    label: 'Ages withdrawn',
    topic: 'studio',
    staff: true,
    sentence: (entry, nameOf) => `Withdrew the confirmed age${ofOther(entry, nameOf)}`,
  },
  'identity.linked': {
    label: 'Accounts linked',
    topic: 'signing in',
    sentence: () => 'Linked an account of another service',
  },
  'identity.removed': {
    label: 'Accounts unlinked',
    topic: 'signing in',
    sentence: () => 'Unlinked an account of another service',
  },
  'account.made': {
    label: 'Accounts made',
    topic: 'people',
    staff: true,
    sentence: (entry) => {
      const roles = texts(entry.after?.roles).join(', ').replaceAll('_', ' ')
      return `Made the account${quoted(entry.after?.username)}${roles ? ` as ${roles}` : ''}`
    },
  },
  'account.suspended': {
    label: 'Accounts suspended',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => {
      const reason = text(entry.after?.reason)
      return `Suspended ${named(entry, nameOf)}${reason ? `: ${reason}` : ''}`
    },
  },
  'account.restored': {
    label: 'Accounts restored',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => `Restored ${named(entry, nameOf)}`,
  },
  'account.deleted': {
    label: 'Accounts deleted',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => {
      const reason = text(entry.after?.reason)
      return `Deleted ${named(entry, nameOf)}${reason ? `: ${reason}` : ''}`
    },
  },
  'data.exported': {
    label: 'Data downloaded',
    topic: 'people',
    sentence: (entry, nameOf) => `Downloaded everything${ofOther(entry, nameOf)}`,
  },
  'role.granted': {
    label: 'Roles given',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => `Gave ${roleChange(entry)} to ${named(entry, nameOf)}`,
  },
  'role.revoked': {
    label: 'Roles taken',
    topic: 'people',
    staff: true,
    sentence: (entry, nameOf) => `Took ${roleChange(entry)} from ${named(entry, nameOf)}`,
  },
  'plan.changed': {
    label: 'Plans changed',
    topic: 'credits',
    staff: true,
    sentence: (entry, nameOf) => {
      const plan = text(entry.after?.plan)
      const whom = named(entry, nameOf)
      return plan ? `Put ${whom} on the plan ${plan}` : `Took ${whom} off their plan`
    },
  },
  'ledger.exported': {
    label: 'Ledger exported',
    topic: 'studio',
    staff: true,
    sentence: () => 'Exported the ledger',
  },
  'activity.exported': {
    label: 'Activity exported',
    topic: 'studio',
    sentence: () => 'Exported the activity',
  },
  'credits.granted': {
    label: 'Credits given or taken',
    topic: 'credits',
    staff: true,
    sentence: credits,
  },
  'model_config.saved': {
    label: 'Model settings saved',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Saved the model settings${quoted(entry.after?.name)}`,
  },
  'model_config.activated': {
    label: 'Model settings activated',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Activated the model settings${quoted(entry.after?.name)}`,
  },
  'model_config.deactivated': {
    label: 'Model settings set aside',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Set the model settings${quoted(entry.before?.name)} aside`,
  },
  'engine_server.added': {
    label: 'Engine servers added',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Connected the engine server${quoted(entry.after?.name)}`,
  },
  'engine_server.changed': {
    label: 'Engine servers changed',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Changed the engine server${quoted(entry.after?.name)}`,
  },
  'engine_server.tested': {
    label: 'Engine servers tested',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Tested the engine server${quoted(entry.after?.name)}`,
  },
  'engine_server.removed': {
    label: 'Engine servers removed',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Removed the engine server${quoted(entry.before?.name)}`,
  },
  'engine.chosen': {
    label: 'Engines chosen',
    topic: 'studio',
    staff: true,
    sentence: (entry) => {
      const use = entry.resource_id === 'text' ? 'writing' : (entry.resource_id ?? 'a kind of job')
      const engine = text(entry.after?.engine)
      return engine
        ? `Chose ${engine} for ${use}`
        : `Went back to the studio’s own engine for ${use}`
    },
  },
  'model_upload.begun': {
    label: 'Model uploads begun',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Began to send the model${quoted(entry.after?.name)}`,
  },
  'model_upload.cancelled': {
    label: 'Model uploads cancelled',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Cancelled the upload of the model${quoted(entry.after?.name)}`,
  },
  'model_file.installed': {
    label: 'Models installed',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Installed the model${quoted(entry.after?.path)}`,
  },
  'model_file.removed': {
    label: 'Models removed',
    topic: 'studio',
    staff: true,
    sentence: (entry) => `Removed the model${quoted(entry.before?.path)}`,
  },
  'model_folders.scanned': {
    label: 'Model folders looked at',
    topic: 'studio',
    staff: true,
    sentence: () => 'Looked at the folders of models',
  },
  'prompt_cache.refreshed': {
    label: 'Prompt cache built anew',
    topic: 'studio',
    staff: true,
    sentence: (entry) =>
      `Built the prompt cache anew, with ${count(number(entry.after?.templates), 'template')}`,
  },
  ...PROMPT_ACTIONS,
  'trail.begun': {
    label: 'The trail begun',
    topic: 'studio',
    staff: true,
    sentence: () => 'The trail of this studio begins here',
  },
}

export const isAction = (value: unknown): value is Action =>
  typeof value === 'string' && Object.hasOwn(ACTIONS, value)

/** An entry of the trail as a sentence; an action that this page does not know keeps its name. */
export function sentenceFor(entry: ActivityOut, nameOf: NameOf = () => undefined): string {
  if (isAction(entry.action)) return ACTIONS[entry.action].sentence(entry, nameOf)
  return entry.action.replaceAll(/[._]/g, ' ')
}
