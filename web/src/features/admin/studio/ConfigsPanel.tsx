import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type ModelConfigOut } from '@/api'
import { keys } from '@/api/keys'
import { when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { Panel, PanelError, RowsSkeleton } from '@/features/account/Panel'
import panel from '../panel.module.css'
import classes from './studio.module.css'

/** The stored settings of models; one of each model may be in use. */
export function ConfigsPanel() {
  const list = useInfiniteQuery({
    queryKey: keys.modelConfigs,
    queryFn: ({ pageParam }) => sdk.listModelConfigs({ query: { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const configs = list.data?.pages.flatMap((page) => page.items)
  return (
    <Panel
      title="Model configurations"
      about="Settings that take the place of the studio’s own for one model: steps, sizes, engines. New ones are saved by API or with fabula."
    >
      {list.isPending ? <RowsSkeleton rows={3} /> : null}
      {list.isError ? (
        <PanelError
          what="The configurations"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : null}
      {configs?.length ? (
        <ul className={panel.rows}>
          {configs.map((config) => (
            <Config key={config.id} config={config} />
          ))}
        </ul>
      ) : null}
      {configs?.length === 0 ? (
        <p className={panel.hint}>None: every model runs with the studio’s own settings.</p>
      ) : null}
      {list.hasNextPage ? (
        <div className={panel.actions}>
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show older ones
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}

function Config({ config }: { config: ModelConfigOut }) {
  const client = useQueryClient()
  const path = { config_id: config.id }
  const change = useMutation({
    mutationFn: () =>
      config.is_active ? sdk.deactivateModelConfig({ path }) : sdk.activateModelConfig({ path }),
    onSuccess: () =>
      showToast({
        text: config.is_active
          ? `${config.config_name} is no longer in use`
          : `${config.config_name} is in use`,
        tone: 'success',
      }),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: () =>
      Promise.all(
        [keys.modelConfigs, keys.jobTypes, keys.studioTrail].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
  return (
    <li className={panel.row}>
      <div className={panel.grow}>
        <div className={classes.name}>
          {config.config_name}
          <span className={classes.tag}>{config.model_type}</span>
          {config.is_active ? <span className={classes.note}>in use</span> : null}
        </div>
        <div className={classes.note}>
          saved {when(config.created_at)}
          {config.notes ? ` · ${config.notes}` : ''}
        </div>
        <details className={classes.data}>
          <summary>Its settings</summary>
          <pre>{JSON.stringify(config.config_data, null, 2)}</pre>
        </details>
      </div>
      <Button
        variant={config.is_active ? 'subtle' : 'default'}
        color="gray"
        aria-label={`${config.is_active ? 'Stop using' : 'Use'} ${config.config_name}`}
        loading={change.isPending}
        onClick={() => change.mutate()}
      >
        {config.is_active ? 'Stop using' : 'Use'}
      </Button>
    </li>
  )
}
