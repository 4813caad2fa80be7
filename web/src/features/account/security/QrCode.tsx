import { generate } from 'lean-qr'
import { toSvgPath } from 'lean-qr/extras/svg'
import classes from './TwoFactor.module.css'

/** Modules of empty space around a code, as ISO/IEC 18004 asks for. */
const QUIET = 4

/** A QR code, dark on white in every theme, so that every camera reads it. */
export default function QrCode({ text, label }: { text: string; label: string }) {
  const code = generate(text)
  const side = code.size + 2 * QUIET
  return (
    <svg
      className={classes.qr}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={toSvgPath(code)} />
    </svg>
  )
}
