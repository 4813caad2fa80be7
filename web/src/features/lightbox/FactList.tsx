import { IconCopy, IconPencilPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Draft } from '@/features/workspace/draft'
import { copyText } from '@/ui/copyText'
import type { ViewerActions } from './contract'
import classes from './Details.module.css'
import type { Fact } from './facts'

type Use = ViewerActions['use']

/** Short facts, one a line. */
export function FactList({ facts, use }: { facts: readonly Fact[]; use?: Use }) {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.label} className={classes.fact}>
          <dt className={classes.name}>{fact.label}</dt>
          <dd className={classes.value}>
            {fact.value}
            {fact.note ? <span className={classes.note}>{fact.note}</span> : null}
          </dd>
          <dd className={classes.tools}>
            {fact.use && use ? <UseButton label={fact.label} use={use} patch={fact.use} /> : null}
            <CopyButton label={fact.label} text={fact.copy ?? fact.value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface TextFactProps {
  label: string
  text: string
  use?: Use
  patch: Partial<Draft>
  /** The text as it is shown, where parts of it are marked. */
  children?: ReactNode
}

/** A long text with its buttons. */
export function TextFact({ label, text, use, patch, children }: TextFactProps) {
  return (
    <section className={classes.text} aria-label={label}>
      <div className={classes.head}>
        <h3 className={classes.name}>{label}</h3>
        <span className={classes.shown}>
          {use ? <UseButton label={label} use={use} patch={patch} /> : null}
          <CopyButton label={label} text={text} />
        </span>
      </div>
      <p className={classes.words}>{children ?? text}</p>
    </section>
  )
}

function CopyButton({ label, text }: { label: string; text: string }) {
  const said = `Copy: ${label.toLowerCase()}`
  return (
    <button
      type="button"
      className={classes.tool}
      aria-label={said}
      title="Copy"
      onClick={() => void copyText(text, `${label} copied`)}
    >
      <IconCopy size={17} stroke={1.7} aria-hidden />
    </button>
  )
}

function UseButton({
  label,
  use,
  patch,
}: {
  label: string
  use: NonNullable<Use>
  patch: Partial<Draft>
}) {
  return (
    <button
      type="button"
      className={classes.tool}
      aria-label={`Use: ${label.toLowerCase()}`}
      title="Use in the draft"
      onClick={() => use(patch, `${label} is in the draft`)}
    >
      <IconPencilPlus size={17} stroke={1.7} aria-hidden />
    </button>
  )
}
