import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type CacheStateOut } from '@/api'
import { keys } from '@/api/keys'
import { count, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { Figure, Figures } from './Figures'

/** The prompt templates as jobs use them, and a way to build that anew from the tables. */
export function CachePanel() {
  const client = useQueryClient()
  const { data, error } = useQuery({
    queryKey: keys.promptCache,
    queryFn: () => sdk.getPromptCache(),
  })
  const rebuild = useMutation({
    mutationFn: () => sdk.refreshPromptCache(),
    onSuccess: ({ templates, negative_prompts }) =>
      showToast({
        text: `Built anew: ${count(templates, 'template')}, ${count(negative_prompts, 'negative prompt')}`,
        tone: 'success',
      }),
    onSettled: () =>
      Promise.all(
        [keys.promptCache, keys.studioTrail].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
  const failed = rebuild.error ?? error
  return (
    <Panel
      title="Prompt cache"
      about="Jobs read templates and negative prompts from here. Build it anew after the tables were changed."
      aside={
        <Button variant="default" loading={rebuild.isPending} onClick={() => rebuild.mutate()}>
          Build anew
        </Button>
      }
    >
      {failed ? (
        <p className={panel.error} role="alert">
          {sentenceOf(failed)}
        </p>
      ) : null}
      <Figures>
        <Figure name="State" good={data && data.valid && data.current}>
          {data && stateOf(data)}
        </Figure>
        <Figure name="Built">{data && (data.built_at ? when(data.built_at) : 'never')}</Figure>
        <Figure name="Templates">{data?.templates.toLocaleString('en-GB')}</Figure>
        <Figure name="Negative prompts">{data?.negative_prompts.toLocaleString('en-GB')}</Figure>
      </Figures>
    </Panel>
  )
}

function stateOf(cache: CacheStateOut): string {
  if (!cache.present) return 'not built yet'
  if (!cache.valid) return cache.reason
  if (!cache.current) return 'behind the tables'
  return cache.stale ? 'current, not looked at for a while' : 'current'
}
