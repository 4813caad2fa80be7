import { Button } from '@mantine/core'
import {
  IconBook2,
  IconCube,
  IconMinus,
  IconPhotoPlus,
  IconScale,
  IconSparkles,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useRef, useState, type ClipboardEvent, type DragEvent } from 'react'
import { panels } from '@/app/panels'
import { useBalance } from '@/features/account/queries'
import { jobTypes } from '@/features/jobs/queries'
import { keyHint } from '@/keys/keymap'
import { useKeys } from '@/keys/useKeys'
import { showToast } from '@/ui/toastStore'
import classes from './Composer.module.css'
import { offerTranslation } from './compelPaste'
import { mayDrop, readDropped } from './dragging'
import { patchDraft, useDraft } from './draft'
import { typeFor } from './engine'
import { ImprovedPart } from './ImprovedPart'
import { ImprovingPart } from './ImprovingPart'
import { NegativePart } from './NegativePart'
import { CLIP_EXAMPLES, EXAMPLES } from './examples'
import { FramesPart } from './FramesPart'
import { focusPrompt, PROMPT_ID } from './promptFocus'
import { ReferencePart } from './ReferencePart'
import { obstacle, summaryOf } from './request'
import { Settings } from './Settings'
import { StandsFor } from './StandsFor'
import { useImprove } from './useImprove'
import { useMakeDraft } from './useMakeDraft'
import { useUpload, type SourcePlace } from './useUpload'

const PICTURE_QUESTION = 'What should be in the picture?'
const DROP_WORDS: Record<SourcePlace, string> = {
  reference: 'Drop to use as reference',
  firstFrame: 'Drop to begin with it',
  lastFrame: 'Drop to end with it',
}

const WeightsPart = lazy(() => import('./WeightsPart'))
const LorasPart = lazy(() => import('./LorasPart'))

interface ComposerProps {
  /** Drawn in a sheet: what makes the pictures stands at its foot. */
  compact?: boolean
  /** Offers examples while nothing is written. */
  examples?: boolean
  onMade?: () => void
}

/** Where a prompt is written, and everything is set that makes a picture of it. */
export function Composer({ compact = false, examples = false, onMade }: ComposerProps) {
  const draft = useDraft()
  const { data: types } = useQuery(jobTypes)
  const type = typeFor(
    draft,
    types?.find((each) => each.job_type === draft.jobType),
  )
  const improve = useImprove()
  const upload = useUpload()
  const { make, pending } = useMakeDraft(type, onMade)
  const [over, setOver] = useState(false)
  const [negativeOpen, setNegativeOpen] = useState(false)
  const [weightsOpen, setWeightsOpen] = useState(false)
  const [lorasOpen, setLorasOpen] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const wanted = useRef<SourcePlace>('reference')
  const pick = (to: SourcePlace) => {
    wanted.current = to
    file.current?.click()
  }
  useKeys({ make, improve: () => improve.run() })

  const clip = type?.limits?.clip ?? null
  /** Where the next picture goes: a clip begins with the first one and ends with the second. */
  const place: SourcePlace = !clip
    ? 'reference'
    : draft.firstFrame && clip.last_frame
      ? 'lastFrame'
      : 'firstFrame'
  const take = (data: DataTransfer): boolean => {
    const dropped = readDropped(data)
    if (!dropped) return false
    if ('file' in dropped) upload.run(dropped.file, place)
    else patchDraft({ [place]: dropped.reference })
    return true
  }
  const drop = (event: DragEvent) => {
    setOver(false)
    event.preventDefault()
    if (!take(event.dataTransfer)) {
      showToast({ text: 'That is not a picture: drop a PNG, JPEG, WebP or GIF.', tone: 'error' })
    }
  }
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length > 0 && take(event.clipboardData)) event.preventDefault()
    else offerTranslation(event.clipboardData.getData('text/plain'))
  }
  const showNegative = negativeOpen || draft.negative !== ''
  const written = draft.prompt.trim() !== ''
  const balance = useBalance()
  const hindrance = obstacle(draft, type, balance)
  const foot = (written ? hindrance : null) ?? (type ? summaryOf(draft, type) : ' ')
  const makeBar = (
    <>
      <span className={classes.summary}>{foot}</span>
      <Button
        className={classes.make}
        size={compact ? 'lg' : 'md'}
        disabled={hindrance !== null}
        loading={pending}
        title={hindrance ?? keyHint('make')}
        onClick={make}
      >
        Make
      </Button>
    </>
  )
  return (
    <div className={classes.composer} data-clip={clip ? true : undefined}>
      <section
        className={`${classes.main} ${over ? classes.over : ''}`}
        data-drop={DROP_WORDS[place]}
        aria-label="Prompt"
        onDragOver={(event) => {
          if (!mayDrop(event.dataTransfer)) return
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <textarea
          id={PROMPT_ID}
          className={classes.prompt}
          aria-label="Prompt"
          placeholder={
            clip ? 'What should be seen, and how does the camera move?' : PICTURE_QUESTION
          }
          rows={3}
          value={draft.prompt}
          onChange={(event) => patchDraft({ prompt: event.currentTarget.value })}
          onPaste={paste}
        />
        {draft.prompt === '' && examples ? (
          <Examples prompts={clip ? CLIP_EXAMPLES : EXAMPLES} />
        ) : null}
        <StandsFor prompt={draft.prompt} />
        {improve.pending ? (
          <ImprovingPart written={improve.written} onStop={improve.stop} />
        ) : draft.improved ? (
          <ImprovedPart draft={draft} improved={draft.improved} />
        ) : null}
        {showNegative ? (
          <NegativePart
            draft={draft}
            type={type}
            onClose={() => {
              setNegativeOpen(false)
              patchDraft({ negative: '' })
            }}
          />
        ) : null}
        {weightsOpen ? (
          <Suspense fallback={null}>
            <WeightsPart prompt={draft.prompt} onClose={() => setWeightsOpen(false)} />
          </Suspense>
        ) : null}
        {lorasOpen && type?.limits?.loras ? (
          <Suspense fallback={null}>
            <LorasPart draft={draft} type={type} onClose={() => setLorasOpen(false)} />
          </Suspense>
        ) : null}
        {clip ? (
          <FramesPart draft={draft} limits={clip} uploading={upload.pending} onPick={pick} />
        ) : draft.reference || upload.pending ? (
          <ReferencePart
            draft={draft}
            uploading={upload.pending !== null}
            strength={type?.limits?.reference_strength !== false}
            inpainting={type?.limits?.inpainting === true}
          />
        ) : null}
        <div className={classes.tools}>
          <Button
            variant="subtle"
            color="gray"
            className={classes.tool}
            leftSection={<IconSparkles size={17} stroke={1.7} />}
            disabled={!written || improve.pending}
            onClick={() => improve.run()}
          >
            {improve.slow ? 'Still improving…' : improve.pending ? 'Improving…' : 'Improve'}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            className={classes.tool}
            data-on={showNegative}
            leftSection={<IconMinus size={17} stroke={1.7} />}
            onClick={() => setNegativeOpen(!showNegative)}
            disabled={type?.limits?.negative_prompt === false}
          >
            Negative
          </Button>
          <Button
            variant="subtle"
            color="gray"
            className={classes.tool}
            data-on={weightsOpen}
            aria-expanded={weightsOpen}
            leftSection={<IconScale size={17} stroke={1.7} />}
            disabled={!written && !weightsOpen}
            onClick={() => setWeightsOpen(!weightsOpen)}
          >
            Weights
          </Button>
          {type?.limits?.loras ? (
            <Button
              variant="subtle"
              color="gray"
              className={classes.tool}
              data-on={lorasOpen || draft.loras.length > 0}
              aria-expanded={lorasOpen}
              leftSection={<IconCube size={17} stroke={1.7} />}
              onClick={() => setLorasOpen(!lorasOpen)}
            >
              {draft.loras.length ? `LoRAs, ${draft.loras.length}` : 'LoRAs'}
            </Button>
          ) : null}
          {clip ? null : (
            <Button
              variant="subtle"
              color="gray"
              className={classes.tool}
              data-on={draft.reference !== null}
              leftSection={<IconPhotoPlus size={17} stroke={1.7} />}
              onClick={() => pick('reference')}
              disabled={type?.limits?.image_to_image === false}
            >
              Reference
            </Button>
          )}
          <Button
            variant="subtle"
            color="gray"
            className={classes.tool}
            leftSection={<IconBook2 size={17} stroke={1.7} />}
            title={keyHint('book')}
            onClick={() => panels.open('book')}
          >
            Book
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            accept="image/png,image/jpeg,image/webp,image/gif"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0]
              if (chosen) upload.run(chosen, wanted.current)
              event.currentTarget.value = ''
            }}
          />
          {compact ? null : <div className={classes.bar}>{makeBar}</div>}
        </div>
      </section>
      <Settings draft={draft} types={types} />
      {compact ? <div className={classes.foot}>{makeBar}</div> : null}
    </div>
  )
}

/** A few prompts to click, where nothing is written yet. */
function Examples({ prompts }: { prompts: readonly string[] }) {
  return (
    <div className={classes.examples}>
      <span className={classes.hint}>For example</span>
      {prompts.slice(0, 2).map((prompt) => (
        <button
          key={prompt}
          type="button"
          className={classes.example}
          onClick={() => {
            patchDraft({ prompt, improved: null })
            focusPrompt()
          }}
        >
          {prompt}
        </button>
      ))}
    </div>
  )
}
