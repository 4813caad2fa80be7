import { Button } from '@mantine/core'
import { useMounted } from '@mantine/hooks'
import { IconUserPlus, IconUserSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { roleName } from '@/features/account/roles'
import { useKeys } from '@/keys/useKeys'
import { SelectField } from '@/ui/Fields'
import { count } from '@/ui/format'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { Endless } from '../Endless'
import { Filters } from '../Filters'
import { soFar } from '../pages'
import { peopleList } from '../queries'
import { ROLES } from '../roles'
import rows from '../rows.module.css'
import type { PeopleSearch } from '../search'
import { NewPerson } from './NewPerson'
import { PeopleSkeleton, PeopleTable } from './PeopleTable'

/** Everybody who has an account, found by name, role and state. */
export default function PeoplePage() {
  const search = useSearch({ from: '/studio/admin/people' })
  const { q = '', role, state } = search
  const list = useInfiniteQuery(
    peopleList({
      ...(q ? { search: q } : {}),
      ...(role ? { role } : {}),
      ...(state ? { state } : {}),
    }),
  )
  const navigate = useNavigate({ from: '/admin/people' })
  const change = (next: PeopleSearch) =>
    void navigate({
      to: '/admin/people',
      search: (old) => ({ ...old, ...next }),
      replace: true,
    })
  const field = useRef<HTMLInputElement>(null)
  useKeys({ search: () => field.current?.focus() }, { enabled: useMounted() })

  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>People</h1>
        <span className={rows.said} role="status">
          {soFar(list.data, (number) => count(number, 'person', 'people'))}
        </span>
        <Button
          leftSection={<IconUserPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => change({ new: true })}
        >
          New person
        </Button>
      </header>
      <Filters
        set={[role, state].filter(Boolean).length}
        more={
          <>
            <SelectField
              label="Role"
              value={role ?? ''}
              options={[
                { value: '', label: 'Any role' },
                ...ROLES.map((each) => ({ value: each, label: roleName(each) })),
              ]}
              onChange={(next) => change({ role: (next || undefined) as PeopleSearch['role'] })}
            />
            <SelectField
              label="State"
              value={state ?? ''}
              options={[
                { value: '', label: 'Any state' },
                { value: 'active', label: 'Active' },
                { value: 'suspended', label: 'Suspended' },
              ]}
              onChange={(next) => change({ state: (next || undefined) as PeopleSearch['state'] })}
            />
          </>
        }
      >
        <SearchField
          q={q}
          onSearch={(next) => change({ q: next || undefined })}
          label="Search people"
          placeholder="Search by user name"
          field={field}
        />
      </Filters>
      <Endless
        list={list}
        what="The list of people"
        skeleton={<PeopleSkeleton />}
        empty={
          <EmptyState
            icon={IconUserSearch}
            title="Nobody found"
            actions={
              <Button
                variant="default"
                onClick={() => change({ q: undefined, role: undefined, state: undefined })}
              >
                Show everybody
              </Button>
            }
          >
            {q ? `No user name has “${q}” in it` : 'Nobody fits'}
            {role || state ? ' with this role and state' : ''}. Try a part of the name.
          </EmptyState>
        }
      >
        {(people) => <PeopleTable people={people} />}
      </Endless>
      {search.new ? <NewPerson onClose={() => change({ new: undefined })} /> : null}
    </>
  )
}
