import { ActionIcon, Button, Switch } from '@mantine/core'
import { useMounted } from '@mantine/hooks'
import { IconPlus, IconScale, IconTrash } from '@tabler/icons-react'
import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { sdk, sentenceOf, type WeightSetOut } from '@/api'
import { keys } from '@/api/keys'
import { RowsSkeleton } from '@/features/account/Panel'
import { weightsSaid } from '@/features/prompting/presets'
import { useKeys } from '@/keys/useKeys'
import { SelectField } from '@/ui/Fields'
import { count } from '@/ui/format'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { showToast } from '@/ui/toastStore'
import { deleteSoon, useGoing } from '@/app/deletion'
import { Endless } from '../Endless'
import { Filters } from '../Filters'
import { soFar } from '../pages'
import panel from '../panel.module.css'
import rows from '../rows.module.css'
import type { WeightsSearch } from '../search'
import { NewWeightSet } from './NewWeightSet'

const pathOf = (set: WeightSetOut) => `/api/prompts/weights/${set.id}`

const weightSets = (filter: { search?: string; active?: boolean }) =>
  infiniteQueryOptions({
    queryKey: keys.weightSetList(filter),
    queryFn: ({ pageParam, signal }) =>
      sdk.listWeightSets({ query: { ...filter, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    placeholderData: keepPreviousData,
  })

/** Sets of weights that were saved, with how pictures that were made with them are rated. */
export default function WeightsPage() {
  const { q = '', state } = useSearch({ from: '/studio/admin/weights' })
  const list = useInfiniteQuery(
    weightSets({
      ...(q ? { search: q } : {}),
      ...(state ? { active: state === 'offered' } : {}),
    }),
  )
  const navigate = useNavigate({ from: '/admin/weights' })
  const change = (next: WeightsSearch) =>
    void navigate({ to: '/admin/weights', search: (old) => ({ ...old, ...next }), replace: true })
  const [opened, setOpened] = useState(false)
  const going = useGoing()
  const field = useRef<HTMLInputElement>(null)
  useKeys({ search: () => field.current?.focus() }, { enabled: useMounted() })
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Weight sets</h1>
        <span className={rows.said} role="status">
          {soFar(list.data, (number) => count(number, 'set'))}
        </span>
        <Button
          leftSection={<IconPlus size={18} stroke={1.7} aria-hidden />}
          onClick={() => setOpened(true)}
        >
          New set
        </Button>
      </header>
      <Filters
        set={state ? 1 : 0}
        more={
          <SelectField
            label="State"
            value={state ?? ''}
            options={[
              { value: '', label: 'Any state' },
              { value: 'offered', label: 'Offered to people' },
              { value: 'off', label: 'For admins only' },
            ]}
            onChange={(next) => change({ state: (next || undefined) as WeightsSearch['state'] })}
          />
        }
      >
        <SearchField
          q={q}
          onSearch={(next) => change({ q: next || undefined })}
          label="Search weight sets"
          placeholder="Search by name"
          field={field}
        />
      </Filters>
      <Endless
        list={list}
        what="The list of weight sets"
        skeleton={<RowsSkeleton rows={5} height={64} />}
        empty={
          <EmptyState
            icon={IconScale}
            title={q || state ? 'No set found' : 'No weight sets yet'}
            actions={
              q || state ? (
                <Button
                  variant="default"
                  onClick={() => change({ q: undefined, state: undefined })}
                >
                  Show all sets
                </Button>
              ) : (
                <Button onClick={() => setOpened(true)}>Make the first set</Button>
              )
            }
          >
            A set says which terms of a prompt count for more or less, such as “golden light” ×1.3.
          </EmptyState>
        }
      >
        {(sets) => (
          <ul className={panel.cards}>
            {sets
              .filter((set) => !going.has(pathOf(set)))
              .map((set) => (
                <Row key={set.id} set={set} />
              ))}
          </ul>
        )}
      </Endless>
      {opened ? <NewWeightSet onClose={() => setOpened(false)} /> : null}
    </>
  )
}

function Row({ set }: { set: WeightSetOut }) {
  const client = useQueryClient()
  const path = { set_id: set.id }
  const read = () => client.invalidateQueries({ queryKey: keys.weightSets })
  const offer = useMutation({
    mutationFn: (on: boolean) => sdk.changeWeightSet({ path, body: { is_active: on } }).then(read),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return (
    <li className={panel.row}>
      <div className={panel.grow}>
        <div>{set.config_name}</div>
        <div className={panel.hint}>{weightsSaid(set.weights)}</div>
        <div className={panel.hint}>{ratingSaid(set)}</div>
      </div>
      <Switch
        size="md"
        label="Offered"
        aria-label={`Offer ${set.config_name} to people`}
        checked={offer.isPending ? offer.variables : set.is_active}
        onChange={(event) => offer.mutate(event.currentTarget.checked)}
      />
      <ActionIcon
        size={44}
        aria-label={`Delete ${set.config_name}`}
        onClick={() =>
          deleteSoon({
            path: pathOf(set),
            text: `The weight set ${set.config_name} is deleted`,
            run: () => sdk.deleteWeightSet({ path }),
            onDone: read,
          })
        }
      >
        <IconTrash size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </li>
  )
}

function ratingSaid({ total_tests: tests, avg_quality, avg_consistency }: WeightSetOut): string {
  if (avg_quality === null) return 'Not rated yet'
  const consistency =
    avg_consistency === null ? '' : `, consistent to ${avg_consistency.toFixed(1)} of 10`
  return `Rated ${avg_quality.toFixed(1)} of 10 in ${count(tests, 'rating')}${consistency}`
}
