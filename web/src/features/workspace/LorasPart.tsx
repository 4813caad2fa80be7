import '@/ui/forms.css'
import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCube } from '@tabler/icons-react'
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sdk, sentenceOf, type JobTypeOut, type LoraOut } from '@/api'
import { keys } from '@/api/keys'
import { RangeField } from '@/ui/Fields'
import composer from './Composer.module.css'
import { patchDraft, type Draft, type DraftLora } from './draft'
import { familyOf, fits, MAX_LORAS, withWord } from './loras'
import classes from './LorasPart.module.css'

const AT_ONCE = 24
const TYPING_MS = 250

const lorasOf = (engine: string, model: string, search: string) =>
  infiniteQueryOptions({
    queryKey: keys.loras({ engine, model, search }),
    queryFn: ({ pageParam, signal }) =>
      sdk.listEngineLoras({
        path: { engine_id: engine },
        query: { limit: AT_ONCE, search, cursor: pageParam, ...(model ? { model } : {}) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** The LoRAs that are worn, and those that could be. */
export default function LorasPart({
  draft,
  type,
  onClose,
}: {
  draft: Draft
  type: JobTypeOut
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const list = useInfiniteQuery(lorasOf(type.engine?.id ?? '', draft.model, search))
  const found = list.data?.pages.flatMap((page) => page.items) ?? []
  const worn = new Set(draft.loras.map((lora) => lora.name))
  const free = found.filter((lora) => !worn.has(lora.name))
  const full = draft.loras.length >= MAX_LORAS
  const wear = (lora: LoraOut) =>
    patchDraft({
      loras: [
        ...draft.loras,
        { name: lora.name, weight: 1, family: lora.family, triggers: lora.triggers },
      ],
    })
  return (
    <section className={`${composer.part} ${classes.part}`} aria-label="LoRAs">
      <div className={composer.partHead}>
        <strong>LoRAs</strong>
        <span>small additions to a model: a style, a thing, a manner</span>
        <CloseButton className={classes.close} aria-label="Close the LoRAs" onClick={onClose} />
      </div>
      {draft.loras.length ? (
        <ul className={classes.worn}>
          {draft.loras.map((lora) => (
            <Worn
              key={lora.name}
              lora={lora}
              draft={draft}
              misfit={!fits(lora.family, familyOf(draft, type))}
            />
          ))}
        </ul>
      ) : null}
      <TextInput
        aria-label="Search LoRAs"
        placeholder="Search by name or trigger word"
        autoComplete="off"
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {list.isError ? (
        <p className={`${composer.hint} ${classes.bad}`} role="alert">
          {sentenceOf(list.error)}
        </p>
      ) : null}
      <ul className={classes.choices} aria-label="LoRAs to choose from" aria-busy={list.isPending}>
        {free.map((lora) => (
          <li key={lora.name}>
            <button
              type="button"
              className={classes.choice}
              disabled={full}
              title={lora.description || undefined}
              onClick={() => wear(lora)}
            >
              <Picture url={lora.preview_url} />
              <span className={classes.name}>
                <strong>{lora.title || lora.name}</strong>
                <small>{lora.family_label || 'not known what it fits'}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {list.data && free.length === 0 ? (
        <p className={composer.hint}>
          {search
            ? `No LoRA has “${search}” in its name or trigger words.`
            : draft.loras.length
              ? 'There is no other one that fits this model.'
              : 'No LoRA here fits this model. An admin installs them under Admin, Models.'}
        </p>
      ) : null}
      {full ? (
        <p className={composer.hint}>{MAX_LORAS} at most: take one out for another.</p>
      ) : null}
      {list.hasNextPage ? (
        <Button
          variant="default"
          size="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          More
        </Button>
      ) : null}
    </section>
  )
}

function Worn({ lora, draft, misfit }: { lora: DraftLora; draft: Draft; misfit: boolean }) {
  const change = (weight: number) =>
    patchDraft({
      loras: draft.loras.map((each) => (each.name === lora.name ? { ...each, weight } : each)),
    })
  return (
    <li>
      <div className={classes.row}>
        <div className={classes.weight}>
          <RangeField
            label={lora.name}
            value={lora.weight}
            minimum={-2}
            maximum={2}
            step={0.05}
            standard={1}
            show={(value) => value.toFixed(2)}
            onChange={(value) => change(value ?? 1)}
          />
        </div>
        <CloseButton
          aria-label={`Take ${lora.name} out`}
          onClick={() =>
            patchDraft({ loras: draft.loras.filter((each) => each.name !== lora.name) })
          }
        />
      </div>
      {misfit ? (
        <p className={`${composer.hint} ${classes.bad}`}>
          It does not fit the chosen model: take it out, or choose another model.
        </p>
      ) : null}
      {lora.triggers.length ? (
        <div className={classes.triggers}>
          {lora.triggers.map((word) => (
            <button
              key={word}
              type="button"
              className={classes.trigger}
              title={`Put “${word}” into the prompt`}
              onClick={() => patchDraft({ prompt: withWord(draft.prompt, word) })}
            >
              {word}
            </button>
          ))}
        </div>
      ) : null}
    </li>
  )
}

function Picture({ url }: { url: string | null }) {
  if (url) return <img className={classes.picture} src={url} alt="" loading="lazy" />
  return (
    <span className={classes.picture}>
      <IconCube size={20} stroke={1.4} aria-hidden />
    </span>
  )
}
