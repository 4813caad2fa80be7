import { describe, expect, it } from 'vitest'
import type { ActivityOut } from '@/api'
import { ACTIONS, sentenceFor } from './actions'

const ME = '11111111-0000-4000-8000-000000000000'
const ADA = '22222222-0000-4000-8000-000000000000'

const entry = (action: string, change: Partial<ActivityOut> = {}): ActivityOut => ({
  id: 'x',
  user_id: ME,
  username: 'me',
  action,
  resource_type: null,
  resource_id: null,
  before: null,
  after: null,
  ip_address: null,
  user_agent: null,
  created_at: '2026-11-25T12:00:00Z',
  ...change,
})

const names = (id: string) => (id === ADA ? 'ada' : undefined)

describe('sentences of the trail', () => {
  it.each([
    [entry('sign_in', { after: { way: 'password and code' } }), /with the password and a code$/],
    [entry('sign_in', { after: { way: 'oidc' } }), /^Signed in by oidc$/],
    [entry('engine_server.removed', { before: { name: 'Attic' } }), /^Removed the engine server “Attic”$/],
    [entry('engine.chosen', { resource_id: 'video_fast', after: { engine: 'motion' } }), /^Chose motion for video_fast$/],
    [entry('engine.chosen', { resource_id: 'text', after: { engine: '' } }), /own engine for writing$/],
    [entry('api_key.made', { after: { name: 'script', scopes: ['read', 'make'] } }), /“script” \(read, make\)$/],
    [entry('sessions.revoked', { resource_id: ME, after: { sessions: 2 } }), /^Ended all 2 sessions$/],
    [entry('sessions.revoked', { resource_id: ADA, after: { sessions: 1 } }), /1 session of ada$/],
    [entry('role.granted', {
      resource_id: ADA,
      before: { roles: ['basic_user'] },
      after: { roles: ['basic_user', 'premium_user'] },
    }), /^Gave the role premium user to ada$/],
    [entry('role.revoked', {
      resource_id: ADA,
      before: { roles: ['admin', 'basic_user'] },
      after: { roles: ['basic_user'] },
    }), /^Took the role admin from ada$/],
    [entry('credits.granted', { resource_id: ADA, after: { amount: 50, reason: 'birthday' } }), /^Gave 50 credits to ada: birthday$/],
    [entry('credits.granted', { resource_id: ADA, after: { amount: -1 } }), /^Took 1 credit from ada$/],
    [entry('account.suspended', { resource_id: '3333333344' }), /^Suspended account 33333333$/],
    [entry('something.new'), /^something new$/],
  ])('%#', (row, words) => expect(sentenceFor(row, names)).toMatch(words)) // prettier-ignore

  it('are there for every action, even where an entry says nothing more', () => {
    for (const action of Object.keys(ACTIONS)) {
      expect(sentenceFor(entry(action))).toMatch(/^[A-Z].{4,}[^ .]$/)
      expect(sentenceFor(entry(action))).not.toMatch(/undefined|null|NaN| {2}/)
    }
  })
})
