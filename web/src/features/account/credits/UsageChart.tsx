import { VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { count } from '@/ui/format'
import type { Day, UsageShown } from './usage'
import classes from './UsageChart.module.css'

const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const LONG = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
})

/** How the credits of what was made are called here. */
const price = (credits: number): string => count(Math.round(credits * 100) / 100, 'credit')

/** Outputs by day as stacked bars, and beneath them the sums of each series. */
export function UsageChart({ usage }: { usage: UsageShown }) {
  const [pointed, setPointed] = useState<Day | null>(null)
  const { days, series, top } = usage
  const last = days.at(-1)
  const readout = pointed
    ? `${longDay(pointed)}: ${count(pointed.total, 'output')}`
    : `${count(usage.total, 'output')} in ${count(days.length, 'day')}`
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.readout}>{readout}</figcaption>
      <div className={classes.plot} aria-hidden onPointerLeave={() => setPointed(null)}>
        <div className={classes.scale}>
          <span>{top.toLocaleString('en-GB')}</span>
          <span>{(top / 2).toLocaleString('en-GB')}</span>
          <span>0</span>
        </div>
        <div className={classes.bars}>
          {days.map((day) => (
            <div
              key={day.date}
              className={classes.day}
              data-pointed={day.date === pointed?.date || undefined}
              onPointerEnter={() => setPointed(day)}
            >
              {day.parts.map((part, at) =>
                part ? (
                  <div
                    key={series[at]?.key}
                    className={classes.part}
                    data-series={at % SHADES}
                    style={{ height: `${(part / top) * 100}%` }}
                  />
                ) : null,
              )}
            </div>
          ))}
        </div>
        <div className={classes.dates}>
          {days[0] ? <span>{shortDay(days[0])}</span> : null}
          {last ? <span>{shortDay(last)}</span> : null}
        </div>
      </div>
      <table className={classes.sums}>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Outputs</th>
            <th scope="col">Jobs</th>
            <th scope="col">Price</th>
          </tr>
        </thead>
        <tbody>
          {series.map((each, at) => (
            <tr key={each.key}>
              <th scope="row">
                <span className={classes.swatch} data-series={at % SHADES} />
                {each.label}
              </th>
              <td>{each.outputs.toLocaleString('en-GB')}</td>
              <td>{each.jobs.toLocaleString('en-GB')}</td>
              <td>{price(each.credits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <DayTable days={days} />
    </figure>
  )
}

/** The bars for people who do not see them. */
function DayTable({ days }: { days: readonly Day[] }) {
  return (
    <VisuallyHidden component="table">
      <caption>Outputs by day</caption>
      <tbody>
        {days
          .filter((day) => day.total > 0)
          .map((day) => (
            <tr key={day.date}>
              <th scope="row">{longDay(day)}</th>
              <td>{count(day.total, 'output')}</td>
            </tr>
          ))}
      </tbody>
    </VisuallyHidden>
  )
}

const SHADES = 4
const shortDay = (day: Day): string => SHORT.format(new Date(day.date))
const longDay = (day: Day): string => LONG.format(new Date(day.date))
