import { Button, CloseButton } from '@mantine/core'
import { IconArrowAutofitWidth, IconBrush } from '@tabler/icons-react'
import { panels } from '@/app/panels'
import { grown } from '@/features/masking/sides'
import { RangeField } from '@/ui/Fields'
import classes from './Composer.module.css'
import { patchDraft, type Draft, type DraftPart, type DraftReference } from './draft'
import { partStrengthWords, STRENGTH, STRENGTH_IN_PART, strengthWords } from './request'
import { SourceThumb } from './SourceThumb'

interface ReferencePartProps {
  draft: Draft
  uploading: boolean
  /** Whether the engine lets one say how far to leave the picture. */
  strength: boolean
  /** Whether the engine can draw a part of it anew. */
  inpainting: boolean
}

/** The picture to start from, which part of it is drawn anew, and how far to leave it. */
export function ReferencePart({ draft, uploading, strength, inpainting }: ReferencePartProps) {
  const { reference, part } = draft
  const shown = uploading ? null : reference
  return (
    <div className={`${classes.part} ${classes.reference}`}>
      {shown ? (
        <SourceThumb picture={shown} alt="The reference" mask={part?.mask} />
      ) : (
        <div className={classes.thumb} />
      )}
      {uploading ? (
        <span role="status">Bringing the picture along…</span>
      ) : strength ? (
        <StrengthField draft={draft} />
      ) : (
        <span className={classes.hint}>This engine decides itself how far to leave it.</span>
      )}
      <CloseButton
        aria-label="Remove the reference"
        onClick={() => patchDraft({ reference: null })}
      />
      {shown && (inpainting || part) ? (
        <div className={classes.partLine}>
          <span className={classes.hint}>{part ? partWords(shown, part) : null}</span>
          {inpainting ? (
            <>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconBrush size={16} stroke={1.7} />}
                onClick={() => panels.open('part')}
              >
                Change a part…
              </Button>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconArrowAutofitWidth size={16} stroke={1.7} />}
                onClick={() => panels.open('extend')}
              >
                Extend…
              </Button>
            </>
          ) : null}
          {part ? (
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              onClick={() => patchDraft({ part: null, strength: STRENGTH })}
            >
              Take all of it
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

function StrengthField({ draft: { part, strength } }: { draft: Draft }) {
  const words = part ? partStrengthWords : strengthWords
  const standard = part ? STRENGTH_IN_PART : STRENGTH
  return (
    <RangeField
      label="Change"
      value={strength}
      standard={standard}
      minimum={0}
      maximum={1}
      step={0.05}
      show={(value) => `${Math.round(value * 100)} %: ${words(value)}`}
      hint={part ? 'What is outside stays as it is, to the pixel.' : undefined}
      onChange={(value) => patchDraft({ strength: value ?? standard })}
    />
  )
}

/** `The painted part is drawn anew. Grows to 1280 × 1024.` */
function partWords(reference: DraftReference, part: DraftPart): string {
  const said = part.mask ? ['The painted part is drawn anew.'] : []
  if (part.extend) {
    const { width, height } = grown(reference, part.extend)
    said.push(`It grows to ${width} × ${height}.`)
  }
  return said.join(' ')
}
