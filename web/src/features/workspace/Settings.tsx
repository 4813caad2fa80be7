import { ActionIcon } from '@mantine/core'
import { IconChevronRight, IconDice5, IconLock, IconLockOpen } from '@tabler/icons-react'
import { useState } from 'react'
import type { JobTypeOut, LimitsOut } from '@/api'
import { Choice, Line, RangeField, SelectField } from '@/ui/Fields'
import { count, duration, ratioName } from '@/ui/format'
import { Tip } from '@/ui/Tip'
import classes from './Composer.module.css'
import { ClipAdvanced, ClipFields } from './ClipFields'
import { ControlFields } from './ControlFields'
import { patchDraft, type Draft } from './draft'
import { namedEngine, typeFor } from './engine'
import { EngineFields } from './EngineFields'
import { missingTypes } from './missing'
import { PresetField } from './PresetField'
import { MAX_SEED, partOf, randomSeed, shapesFor, sizeOf, withJobType, type Shape } from './request'

/** What nearly everybody wants; the others are under Advanced. */
const MAIN_TYPES = {
  image: ['sdxl_image_fast', 'sdxl_image_high'],
  video: ['video_fast', 'video_high'],
}

/** How it is made. What is left alone is decided by the kind of job. */
export function Settings({ draft, types }: { draft: Draft; types: JobTypeOut[] | undefined }) {
  const listed = types?.find((each) => each.job_type === draft.jobType)
  const type = typeFor(draft, listed)
  const limits = type?.limits ?? null
  const kind = draft.jobType.startsWith('video') ? 'video' : 'image'
  const choose = (name: string) => {
    const chosen = types?.find((each) => each.job_type === name)
    if (!chosen) return
    const next = namedEngine(draft, chosen) ? draft : { ...draft, engine: '', model: '' }
    patchDraft(withJobType(next, typeFor(next, chosen) ?? chosen))
  }
  return (
    <section className={classes.settings} aria-label="Settings">
      <EngineLine type={type} />
      <Choice
        label="Kind"
        value={kind}
        onChange={(next) => choose(MAIN_TYPES[next][0] ?? '')}
        options={[
          { value: 'image', label: 'Picture' },
          {
            value: 'video',
            label: 'Clip',
            disabled: types?.some((each) => each.format === 'video' && each.available) === false,
          },
        ]}
      />
      <Choice
        label="Quality"
        value={draft.jobType}
        onChange={choose}
        options={MAIN_TYPES[kind].map((name) => {
          const row = types?.find((each) => each.job_type === name)
          return {
            value: name,
            label: name.endsWith('fast') ? 'Fast' : 'High',
            sub: row ? perPicture(row) : ' ',
            disabled: row?.available === false,
          }
        })}
      />
      {limits?.clip ? <ClipFields draft={draft} limits={limits.clip} /> : null}
      {kind === 'video' ? null : (
        <Choice
          label="Pictures"
          value={Math.min(draft.count, limits?.max_count ?? 6)}
          onChange={(value) => patchDraft({ count: value })}
          options={Array.from({ length: limits?.max_count ?? 6 }, (_, at) => ({
            value: at + 1,
            label: at + 1,
          }))}
        />
      )}
      <ShapeField draft={draft} limits={limits} />
      {limits?.seeds === false ? null : <SeedField seed={draft.seed} />}
      <PresetField preset={draft.preset} />
      <Advanced draft={draft} types={types} type={listed} limits={limits} onType={choose} />
    </section>
  )
}

const perPicture = (type: JobTypeOut): string =>
  [
    count(type.credits, 'credit'),
    type.estimate_seconds === null ? '' : duration(type.estimate_seconds),
  ]
    .filter(Boolean)
    .join(', ')

function EngineLine({ type }: { type: JobTypeOut | undefined }) {
  const engine = type?.engine
  return (
    <div className={classes.engine} title={engine?.summary}>
      {engine ? engine.name : type ? 'No engine' : '\u00a0'}
      {engine ? <small>{engineWords(type)}</small> : null}
    </div>
  )
}

function engineWords({ format, engine }: JobTypeOut): string {
  if (format === 'video') return engine?.stand_in ? 'moves a still picture' : 'clip engine'
  return engine?.stand_in ? 'mini model, for trying' : 'picture engine'
}

/** The values of choices that leave the shape to the first frame, and to the reference. */
const AS_FRAME = 'frame'
const AS_PICTURE = 'picture'

function ShapeField({ draft, limits }: { draft: Draft; limits: LimitsOut | null }) {
  if (!limits) return <div className={classes.shapeRoom} />
  const size = sizeOf(draft, limits)
  const name = (shape: Shape) => `${shape.width}x${shape.height}`
  const shapes = shapesFor(limits)
  const frame = limits.clip ? draft.firstFrame : null
  const known = frame !== null || shapes.some((shape) => name(shape) === name(size))
  const own = known ? shapes : [...shapes, size]
  if (partOf(draft, limits)) {
    return (
      <Choice
        label="Shape"
        note={`${size.width}×${size.height}`}
        value={AS_PICTURE}
        onChange={() => undefined}
        options={[
          {
            value: AS_PICTURE,
            name: 'As the reference',
            label: <ShapeIcon {...size} />,
            sub: 'own',
          },
        ]}
      />
    )
  }
  return (
    <Choice
      label="Shape"
      note={`${size.width}×${size.height}`}
      value={frame && draft.size === null ? AS_FRAME : name(size)}
      onChange={(value) => {
        if (value === AS_FRAME) {
          patchDraft({ size: null })
          return
        }
        const [width = 0, height = 0] = value.split('x').map(Number)
        patchDraft({ size: { width, height } })
      }}
      options={[
        ...(frame
          ? [
              {
                value: AS_FRAME,
                name: 'As the first frame',
                label: <ShapeIcon {...frame} />,
                sub: 'own',
              },
            ]
          : []),
        ...own.map((shape) => ({
          value: name(shape),
          name: `${ratioName(shape.width, shape.height)}, ${shape.width} by ${shape.height} pixels`,
          label: <ShapeIcon {...shape} />,
          sub: ratioName(shape.width, shape.height),
        })),
      ]}
    />
  )
}

function ShapeIcon({ width, height }: Shape) {
  const scale = 18 / Math.max(width, height)
  return (
    <span className={classes.shapeIcon}>
      <span style={{ width: width * scale, height: height * scale }} />
    </span>
  )
}

function SeedField({ seed }: { seed: number | null }) {
  const set = (value: number | null) => patchDraft({ seed: value })
  const locked = seed !== null
  return (
    <Line label="Seed" htmlFor="seed">
      <div className={classes.seed}>
        <input
          id="seed"
          className={classes.seedBox}
          inputMode="numeric"
          placeholder="a new one each time"
          value={seed ?? ''}
          onChange={(event) => {
            const digits = event.currentTarget.value.replace(/\D/g, '')
            set(digits ? Math.min(Number(digits), MAX_SEED) : null)
          }}
        />
        <Tip side="aboveEnd" label="Roll a seed and hold it">
          <ActionIcon
            size={36}
            aria-label="Roll a seed and hold it"
            onClick={() => set(randomSeed())}
          >
            <IconDice5 size={19} stroke={1.7} />
          </ActionIcon>
        </Tip>
        <Tip side="aboveEnd" label={locked ? 'Held: let it go' : 'Hold one seed'}>
          <ActionIcon
            size={36}
            aria-label="Hold the seed"
            aria-pressed={locked}
            c={locked ? 'lamp' : undefined}
            onClick={() => set(locked ? null : randomSeed())}
          >
            {locked ? <IconLock size={19} stroke={1.7} /> : <IconLockOpen size={19} stroke={1.7} />}
          </ActionIcon>
        </Tip>
      </div>
    </Line>
  )
}

function Advanced({
  draft,
  types,
  type,
  limits,
  onType,
}: {
  draft: Draft
  types: JobTypeOut[] | undefined
  type: JobTypeOut | undefined
  limits: LimitsOut | null
  onType: (name: string) => void
}) {
  const [open, setOpen] = useState(false)
  const other = !Object.values(MAIN_TYPES).flat().includes(draft.jobType)
  const clipOnly = limits?.clip ? [draft.fps, draft.motionStrength] : []
  const own = [draft.steps, draft.guidance, ...clipOnly]
  const eased = limits?.clip ? draft.easing !== '' : false
  const worded = Object.values(draft.controls).some(Boolean)
  const changed =
    other || eased || worded || draft.engine !== '' || own.some((value) => value !== null)
  return (
    <div>
      <button
        type="button"
        className={classes.fold}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={16} aria-hidden /> Advanced
        {changed ? <span className={classes.dot} title="Something is changed here" /> : null}
      </button>
      {open ? (
        <div className={classes.advanced}>
          {type ? <EngineFields draft={draft} type={type} limits={limits} /> : null}
          {limits?.clip ? <ClipAdvanced draft={draft} limits={limits.clip} /> : null}
          {limits && hasChoice(limits.steps) ? (
            <RangeField
              resettable
              label="Steps"
              value={draft.steps}
              {...bounds(limits.steps)}
              onChange={(steps) => patchDraft({ steps })}
            />
          ) : null}
          {limits && hasChoice(limits.guidance_scale) ? (
            <RangeField
              resettable
              label="Guidance scale"
              value={draft.guidance}
              {...bounds(limits.guidance_scale)}
              show={(value) => value.toFixed(1)}
              onChange={(guidance) => patchDraft({ guidance })}
            />
          ) : null}
          <ControlFields controls={draft.controls} />
          <SelectField
            label="All job types"
            value={draft.jobType}
            onChange={onType}
            options={(types ?? []).map((type) => ({
              value: type.job_type,
              label: `${type.job_type}, ${count(type.credits, 'credit')}${type.available ? '' : ' (not here)'}`,
              disabled: !type.available,
            }))}
            hint={<MissingTypes types={types ?? []} />}
          />
        </div>
      ) : null}
    </div>
  )
}

const hasChoice = (range: LimitsOut['steps']) => range.minimum < range.maximum

const bounds = (range: LimitsOut['steps']) => ({
  minimum: range.minimum,
  maximum: range.maximum,
  step: range.step,
  standard: range.default,
})

/** Why some job types cannot be used here, and what would change that. */
function MissingTypes({ types }: { types: readonly JobTypeOut[] }) {
  return (
    <div className={classes.missing}>
      {missingTypes(types).map((missing) => (
        <div key={missing.names.join()}>
          <strong>Not here: {missing.names.join(', ')}.</strong> {missing.sentence}
        </div>
      ))}
    </div>
  )
}
