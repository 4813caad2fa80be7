import type { ClipLimitsOut, MotionLimitsOut } from '@/api'
import { Choice, RangeField, SelectField } from '@/ui/Fields'
import { lengthOf } from '@/ui/format'
import { patchDraft, type Draft } from './draft'

/** `zoom-in` as it is read: `Zoom in`. */
const named = (kind: string): string => {
  const words = kind.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** How long a clip is and how the camera moves in it. */
export function ClipFields({ draft, limits }: { draft: Draft; limits: ClipLimitsOut }) {
  return (
    <>
      <RangeField
        label="Length"
        value={draft.seconds}
        minimum={limits.seconds.minimum}
        maximum={limits.seconds.maximum}
        step={limits.seconds.step}
        standard={limits.seconds.default}
        show={lengthOf}
        onChange={(seconds) => patchDraft({ seconds })}
      />
      {limits.motion ? <MotionFields draft={draft} limits={limits.motion} /> : null}
    </>
  )
}

function MotionFields({ draft, limits }: { draft: Draft; limits: MotionLimitsOut }) {
  return (
    <>
      <SelectField
        label="Motion"
        value={draft.motion}
        onChange={(motion) => patchDraft({ motion })}
        options={[
          { value: '', label: 'As the prompt says' },
          ...limits.kinds.map((kind) => ({ value: kind, label: named(kind) })),
        ]}
        hint={draft.motion ? null : 'Such as “slow zoom in” or “pan left, in a loop”.'}
      />
      {limits.loop ? (
        <Choice
          label="Loop"
          value={draft.loop ? 'on' : 'off'}
          onChange={(value) => patchDraft({ loop: value === 'on' })}
          options={[
            { value: 'off', label: 'Ends where it is' },
            { value: 'on', label: 'Comes back' },
          ]}
        />
      ) : null}
    </>
  )
}

function StrengthField({ draft, limits }: { draft: Draft; limits: MotionLimitsOut }) {
  const { strength } = limits
  return (
    <RangeField
      resettable
      label="Strength"
      value={draft.motionStrength}
      minimum={strength.minimum}
      maximum={strength.maximum}
      step={strength.step}
      standard={strength.default}
      show={(value) =>
        draft.motionStrength === null && draft.motion === ''
          ? 'as the prompt says'
          : `${Math.round(value * 100)} %`
      }
      onChange={(motionStrength) => patchDraft({ motionStrength })}
    />
  )
}

/** What of a clip is seldom changed. */
export function ClipAdvanced({ draft, limits }: { draft: Draft; limits: ClipLimitsOut }) {
  return (
    <>
      <RangeField
        resettable
        label="Frames a second"
        value={draft.fps}
        minimum={limits.fps.minimum}
        maximum={limits.fps.maximum}
        step={limits.fps.step}
        standard={limits.fps.default}
        onChange={(fps) => patchDraft({ fps })}
      />
      {limits.motion ? (
        <>
          <StrengthField draft={draft} limits={limits.motion} />
          <SelectField
            label="Easing"
            value={draft.easing || (limits.motion.easings[0] ?? '')}
            onChange={(easing) => patchDraft({ easing })}
            options={limits.motion.easings.map((name) => ({ value: name, label: named(name) }))}
          />
        </>
      ) : null}
    </>
  )
}
