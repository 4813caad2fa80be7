import { useState } from 'react'
import classes from './MaskEditor.module.css'

/** The picture that is worked on. Links end after a while; its thumbnail's lasts longer. */
export function Picture({ url, smallUrl }: { url: string; smallUrl: string }) {
  const [broken, setBroken] = useState(false)
  return (
    <img
      className={classes.picture}
      src={broken ? smallUrl : url}
      alt="The reference"
      draggable={false}
      onError={() => setBroken(true)}
    />
  )
}
