import { CloseButton } from '@mantine/core'
import { RangeField } from '@/ui/Fields'
import classes from './Composer.module.css'
import { patchDraft, type Draft } from './draft'
import { strengthWords } from './request'
import { SourceThumb } from './SourceThumb'

/** The picture to start from, and how far to leave it where the engine lets one say so. */
export function ReferencePart({
  draft,
  uploading,
  strength: hasStrength,
}: {
  draft: Draft
  uploading: boolean
  strength: boolean
}) {
  const { reference, strength } = draft
  return (
    <div className={`${classes.part} ${classes.reference}`}>
      {reference && !uploading ? (
        <SourceThumb picture={reference} alt="The reference" />
      ) : (
        <div className={classes.thumb} />
      )}
      {uploading ? (
        <span role="status">Bringing the picture along…</span>
      ) : !hasStrength ? (
        <span className={classes.hint}>This engine decides itself how far to leave it.</span>
      ) : (
        <RangeField
          label="Change"
          value={strength}
          standard={0.5}
          minimum={0}
          maximum={1}
          step={0.05}
          show={(value) => `${Math.round(value * 100)} %: ${strengthWords(value)}`}
          onChange={(value) => patchDraft({ strength: value ?? 0.5 })}
        />
      )}
      <CloseButton
        aria-label="Remove the reference"
        onClick={() => patchDraft({ reference: null })}
      />
    </div>
  )
}
