import { Button, Modal } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState, type DragEvent } from 'react'
import { sdk, sentenceOf, type ImportOut } from '@/api'
import { count } from '@/ui/format'
import { showToast } from '@/ui/toastStore'
import panel from '../panel.module.css'
import { templatesChanged } from './queries'
import classes from './template.module.css'

const DONE = {
  new: 'becomes a new draft',
  version: 'gets a further version, as a draft',
  same: 'is here already, and stays',
} as const

/** Reads a file of templates: first what would happen, then it happens. Nothing is published. */
export function ImportTemplates({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const look = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text()
      return { text, would: await sdk.importPromptTemplates({ body: { text, dry_run: true } }) }
    },
  })
  const bringIn = useMutation({
    mutationFn: (text: string) => sdk.importPromptTemplates({ body: { text } }),
    onSuccess: async (done) => {
      showToast({ text: `Imported: ${sumOf(done)}`, tone: 'success' })
      onClose()
      await templatesChanged(client)
    },
  })
  const take = (file: File | undefined) => {
    bringIn.reset()
    if (file) look.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  const would = look.data?.would
  const changes = would?.items.filter((item) => item.done !== 'same').length ?? 0
  const error = bringIn.error ?? look.error
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      centered
      title="Import templates"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={panel.form}>
        <div
          className={classes.drop}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileImport size={28} stroke={1.4} aria-hidden />
          <p>Drop a JSON or CSV file that a studio exported, or</p>
          <Button variant="default" loading={look.isPending} onClick={() => field.current?.click()}>
            Choose a file
          </Button>
          <input
            ref={field}
            type="file"
            hidden
            aria-label="File of templates"
            accept=".json,.csv,application/json,text/csv"
            onChange={(event) => {
              take(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </div>
        {error ? (
          <p className={panel.error} role="alert">
            {sentenceOf(error)}
          </p>
        ) : null}
        {look.data && would ? (
          <>
            <p role="status">Nothing has happened yet. This file: {sumOf(would)}.</p>
            <ul className={classes.would}>
              {would.items.map((item, at) => (
                <li key={at}>
                  <strong>{item.template_name}</strong> {DONE[item.done]}
                </li>
              ))}
            </ul>
            <div className={panel.actions}>
              <Button
                disabled={changes === 0}
                loading={bringIn.isPending}
                onClick={() => bringIn.mutate(look.data.text)}
              >
                {changes === 0 ? 'Nothing to import' : `Import ${count(changes, 'template')}`}
              </Button>
            </div>
          </>
        ) : null}
      </div>
    </Modal>
  )
}

function sumOf({ items }: ImportOut): string {
  const many = (done: keyof typeof DONE) => items.filter((item) => item.done === done).length
  return [
    count(many('new'), 'new draft'),
    count(many('version'), 'new version'),
    `${many('same').toLocaleString('en-GB')} as before`,
  ].join(', ')
}
