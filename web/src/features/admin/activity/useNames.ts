import type { ActivityOut } from '@/api'
import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { NameOf } from '@/features/account/activity/actions'
import { personById } from '../queries'

/**
 * The names of the accounts that entries are about. Those who did something in them are known from
 * the entries; the others are asked for, each once.
 */
export function useNames(entries: readonly ActivityOut[]): NameOf {
  const { known, wanted } = useMemo(() => accountsOf(entries), [entries])
  const asked = useQueries({
    queries: wanted.map((id) => personById(id)),
    combine: (results) => results.map((result) => result.data),
  })
  return (id) => known.get(id) ?? asked.find((person) => person?.id === id)?.username
}

function accountsOf(entries: readonly ActivityOut[]): {
  known: Map<string, string>
  wanted: string[]
} {
  const known = new Map<string, string>()
  const about = new Set<string>()
  for (const { user_id, username, resource_type, resource_id } of entries) {
    if (user_id && username) known.set(user_id, username)
    if (resource_type === 'account' && resource_id) about.add(resource_id)
  }
  return { known, wanted: [...about].filter((id) => !known.has(id)) }
}
