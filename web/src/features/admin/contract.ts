/**
 * The part of the studio's API that these pages need and the generated client has not yet: its
 * types, and a call for each of them.
 */
import { client } from '@/api/generated/client.gen'

/** What decides about the content that somebody sees; the studio itself is one of the steps. */
export interface ContentState {
  steps: { name: 'studio' | 'age' | 'own'; mode: 'general' | 'adult' }[]
}

export async function getContent(): Promise<ContentState> {
  const { data } = await client.get({ url: '/api/me/content', throwOnError: true })
  return data as ContentState
}

export async function setAgeOfPerson(
  personId: string,
  body: { verified: boolean; reason: string },
): Promise<void> {
  await client.put({
    url: '/api/people/{person_id}/age',
    path: { person_id: personId },
    body,
    headers: { 'Content-Type': 'application/json' },
    throwOnError: true,
  })
}
