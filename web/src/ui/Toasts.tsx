import { CloseButton } from '@mantine/core'
import { useEffect } from 'react'
import { closeToast, useToasts, type Toast } from './toastStore'
import classes from './Toasts.module.css'

/** The messages at the foot of the page. */
export function Toasts() {
  const toasts = useToasts()
  return (
    <div className={classes.stack} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <Row key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function Row({ toast }: { toast: Toast }) {
  const { id, lasts, turn } = toast
  useEffect(() => {
    if (lasts === 0) return
    const timer = setTimeout(() => closeToast(id), lasts)
    return () => clearTimeout(timer)
  }, [id, lasts, turn])
  return (
    <div className={`${classes.toast} ${toast.tone === 'error' ? classes.error : ''}`}>
      <span className={classes.text}>{toast.text}</span>
      {toast.action ? (
        <button
          type="button"
          className={classes.action}
          onClick={() => {
            toast.action?.run()
            closeToast(id)
          }}
        >
          {toast.action.label}
        </button>
      ) : null}
      <CloseButton aria-label="Close the message" onClick={() => closeToast(id)} />
    </div>
  )
}
