import { showToast } from './toastStore'

/** Copies text and says so; where the browser forbids it, says that instead. */
export async function copyText(text: string, what = 'Copied'): Promise<void> {
  if (await copied(text)) showToast({ id: 'copied', text: what, lasts: 2000 })
  else
    showToast({ text: 'The browser does not let the page copy: select the text.', tone: 'error' })
}

async function copied(text: string): Promise<boolean> {
  // A studio in the home network is often reached without TLS, where there is no clipboard object.
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (!clipboard) return copiedBySelection(text)
  try {
    await clipboard.writeText(text)
    return true
  } catch {
    return copiedBySelection(text)
  }
}

function copiedBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.style.cssText = 'position:fixed;opacity:0'
  document.body.append(field)
  field.select()
  // The only way without a secure context; browsers keep it for that.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const done = document.execCommand('copy')
  field.remove()
  return done
}
