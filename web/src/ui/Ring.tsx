import classes from './rings.module.css'

interface RingProps {
  /** 0 to 1. */
  value: number
  /** Outer diameter in pixels. */
  size: number
  thickness?: number
  label?: string
}

/** A ring that is filled clockwise from the top; for progress and for the days that are left. */
export function Ring({ value, size, thickness = 3, label }: RingProps) {
  const radius = (size - thickness) / 2
  const length = 2 * Math.PI * radius
  const share = Math.min(Math.max(value, 0), 1)
  const circle = { cx: size / 2, cy: size / 2, r: radius, fill: 'none', strokeWidth: thickness }
  return (
    <svg
      className={classes.ring}
      width={size}
      height={size}
      role={label ? 'img' : 'presentation'}
      aria-label={label}
    >
      <circle className={classes.track} {...circle} />
      <circle
        className={classes.value}
        {...circle}
        strokeLinecap="round"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - share)}
      />
    </svg>
  )
}
