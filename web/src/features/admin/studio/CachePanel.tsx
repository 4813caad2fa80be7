import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { sdk, sentenceOf, type CacheStateOut } from '@/api'
import { keys } from '@/api/keys'
import { count, when } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import { Panel } from '@/features/account/Panel'
import panel from '../panel.module.css'
import { Figure, Figures } from './Figures'
import { promptCache, stateOf } from './promptCache'

/** The prompt templates as jobs use them, and a way to build that anew from the tables. */
export function CachePanel() {
  const client = useQueryClient()
  const { data, error } = useQuery(promptCache)
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
      about="Jobs read templates and negative prompts from here. It is built with every change and once a day; build it anew after somebody changed the tables by hand."
      aside={
        <Button variant="default" loading={rebuild.isPending} onClick={() => rebuild.mutate()}>
          Build anew
        </Button>
      }
    >
      {data?.reason ? (
        <p className={panel.error} role="alert">
          {data.reason} Until then, jobs read the tables.
        </p>
      ) : null}
      {failed ? (
        <p className={panel.error} role="alert">
          {sentenceOf(failed)}
        </p>
      ) : null}
      <Figures>
        <Figure name="State" good={data && data.valid && data.current && !data.stale}>
          {data && stateOf(data)}
        </Figure>
        <Figure name="Built">{data && builtWords(data)}</Figure>
        <Figure name="Templates">{data?.templates.toLocaleString('en-GB')}</Figure>
        <Figure name="Negative prompts">{data?.negative_prompts.toLocaleString('en-GB')}</Figure>
      </Figures>
    </Panel>
  )
}

function builtWords({ built_at, present }: CacheStateOut): string {
  if (built_at) return when(built_at)
  return present ? 'not known' : 'never'
}
