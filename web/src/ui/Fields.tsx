import { useId, type CSSProperties, type ReactNode } from 'react'
import classes from './fields.module.css'

export interface Option<T extends string | number> {
  value: T
  label: ReactNode
  /** A second, quiet line. */
  sub?: ReactNode
  /** The name for people who do not see the label. */
  name?: string
  disabled?: boolean
}

/** One of a few, all in sight. */
export function Choice<T extends string | number>({
  label,
  value,
  options,
  onChange,
  note,
}: {
  label: string
  value: T
  options: readonly Option<T>[]
  onChange: (value: T) => void
  /** A second, quiet line beneath the label. */
  note?: ReactNode
}) {
  const name = useId()
  return (
    <div className={classes.line}>
      <div className={classes.lineLabel} aria-hidden>
        {label}
        {note ? <div className={classes.hint}>{note}</div> : null}
      </div>
      <div className={classes.choice} role="radiogroup" aria-label={label}>
        {options.map((option) => (
          <label key={option.value} className={classes.option}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              disabled={option.disabled}
              aria-label={option.name}
              onChange={() => onChange(option.value)}
            />
            <span className={classes.face}>
              {option.label}
              {option.sub ? <span className={classes.sub}>{option.sub}</span> : null}
            </span>
          </label>
        ))}
      </div>
    </div>
  )
}

/** A label with its control beside it. */
export function Line({
  label,
  htmlFor,
  children,
}: {
  label: string
  htmlFor: string
  children: ReactNode
}) {
  return (
    <div className={classes.line}>
      <label className={classes.lineLabel} htmlFor={htmlFor}>
        {label}
      </label>
      {children}
    </div>
  )
}

/** A number on a line. A value of null follows `standard`; `resettable` offers the way back to it. */
export function RangeField({
  label,
  value,
  minimum,
  maximum,
  step,
  standard,
  hint,
  resettable = false,
  show = String,
  onChange,
}: {
  label: string
  value: number | null
  minimum: number
  maximum: number
  step: number
  standard: number
  hint?: ReactNode
  resettable?: boolean
  show?: (value: number) => string
  onChange: (value: number | null) => void
}) {
  const id = useId()
  const shown = value ?? standard
  const share = { '--share': (shown - minimum) / (maximum - minimum) } as CSSProperties
  return (
    <div className={classes.field}>
      <div className={classes.label}>
        <label htmlFor={id}>{label}</label>
        <span>
          {value === null || !resettable ? null : (
            <button type="button" className={classes.reset} onClick={() => onChange(null)}>
              Reset
            </button>
          )}
          <span className={classes.value}>{show(shown)}</span>
        </span>
      </div>
      <input
        id={id}
        className={classes.range}
        type="range"
        style={share}
        min={minimum}
        max={maximum}
        step={step}
        value={shown}
        aria-valuetext={show(shown)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      {hint ? <div className={classes.hint}>{hint}</div> : null}
    </div>
  )
}

/** A control of the device's own under its label. */
function Labelled({
  label,
  hint,
  children,
}: {
  label: string
  hint?: ReactNode
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className={classes.field}>
      <label className={classes.label} htmlFor={id}>
        {label}
      </label>
      {children(id)}
      {hint ? <div className={classes.hint}>{hint}</div> : null}
    </div>
  )
}

/** One of many, by the device's own list. */
export function SelectField({
  label,
  value,
  options,
  onChange,
  hint,
}: {
  label: string
  value: string
  options: readonly { value: string; label: string; disabled?: boolean }[]
  onChange: (value: string) => void
  hint?: ReactNode
}) {
  return (
    <Labelled label={label} hint={hint}>
      {(id) => (
        <select
          id={id}
          className={classes.box}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

/** A line of text. */
export function TextField({
  label,
  value,
  maxLength,
  placeholder,
  onChange,
}: {
  label: string
  value: string
  maxLength: number
  placeholder?: string
  onChange: (value: string) => void
}) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          className={classes.box}
          type="text"
          value={value}
          maxLength={maxLength}
          placeholder={placeholder}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Labelled>
  )
}

/** A day by the device's own calendar, as an ISO date. */
export function DayField({
  label,
  value,
  earliest,
  latest,
  onChange,
}: {
  label: string
  value: string | undefined
  earliest?: string
  latest?: string
  onChange: (day: string | undefined) => void
}) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          className={classes.box}
          type="date"
          value={value ?? ''}
          min={earliest}
          max={latest}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      )}
    </Labelled>
  )
}

interface Period {
  since?: string | undefined
  until?: string | undefined
}

/** Two days with everything between them; neither can pass the other. */
export function PeriodFields({
  value,
  onChange,
}: {
  value: Period
  onChange: (change: Period) => void
}) {
  return (
    <>
      <DayField
        label="From"
        value={value.since}
        latest={value.until}
        onChange={(since) => onChange({ since })}
      />
      <DayField
        label="To"
        value={value.until}
        earliest={value.since}
        onChange={(until) => onChange({ until })}
      />
    </>
  )
}
