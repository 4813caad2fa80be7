import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleFound, personById } from './queries'

const TYPING_MS = 180

interface PersonFilterProps {
  /** The id of the account that is chosen. */
  value: string | undefined
  onChange: (id: string | undefined) => void
}

/** One person, found by a part of the name. */
export function PersonFilter({ value, onChange }: PersonFilterProps) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const chosen = useQuery({ ...personById(value ?? ''), enabled: value !== undefined })
  const name = chosen.data?.username
  // Once somebody is chosen their whole name stands in the field, which is no search for others.
  const found = useQuery(peopleFound(search === name ? '' : search))
  const people = new Map(found.data?.items.map((person) => [person.id, person.username]))
  if (value) people.set(value, name ?? '…')
  return (
    <Select
      label="Person"
      placeholder="Anybody"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Anybody' }}
      nothingFoundMessage="Nobody has this in the name"
      data={[...people].map(([id, label]) => ({ value: id, label }))}
      // The studio has searched already.
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchValue={typed}
      onSearchChange={setTyped}
    />
  )
}
