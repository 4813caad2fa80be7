import { queryOptions, useQuery } from '@tanstack/react-query'
import { sdk } from '@/api'
import { keys } from '@/api/keys'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '../panel.module.css'
import rows from '../rows.module.css'
import { NegativeList } from './NegativeList'

const negatives = queryOptions({
  queryKey: keys.negatives,
  queryFn: async () => (await sdk.listNegativePrompts()).items,
})

const LISTS = [
  {
    mode: 'sfw',
    title: 'SDXL, general',
    about:
      'What every picture leaves out, the most important first. A person’s own negative words come before all of it.',
  },
  {
    mode: 'nsfw',
    title: 'SDXL, adult',
    about: 'The same for those who chose content for adults.',
  },
] as const

/** What pictures leave out, a list for each model and mode. */
export default function NegativesPage() {
  const list = useQuery(negatives)
  return (
    <>
      <header className={rows.head}>
        <h1 className={rows.heading}>Negative prompts</h1>
      </header>
      <div className={panel.panels}>
        {LISTS.map(({ mode, title, about }) => (
          <Panel key={mode} title={title} about={about}>
            {list.isPending ? <RowsSkeleton rows={4} height={52} /> : null}
            {list.isError && !list.data ? (
              <PanelError what="The list" error={list.error} onRetry={() => void list.refetch()} />
            ) : null}
            {list.data ? (
              <NegativeList
                mode={mode}
                items={list.data.filter((each) => each.content_mode === mode)}
              />
            ) : null}
          </Panel>
        ))}
      </div>
    </>
  )
}
