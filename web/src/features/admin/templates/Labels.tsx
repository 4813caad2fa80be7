import { Button, CloseButton, Popover, TextInput } from '@mantine/core'
import { IconTag } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type TemplateDetailOut, type VersionOut } from '@/api'
import { showToast } from '@/ui/toastStore'
import panel from '../panel.module.css'
import { templatesChanged } from './queries'
import classes from './template.module.css'

const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/

interface LabelsProps {
  template: TemplateDetailOut
  version: VersionOut
}

/** The names that point at a version; one that is given again moves here. */
export function Labels({ template, version }: LabelsProps) {
  const client = useQueryClient()
  const drop = useMutation({
    mutationFn: (label: string) =>
      sdk.dropTemplateLabel({ path: { template_id: template.id, label } }),
    onSuccess: () => templatesChanged(client),
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  return (
    <div className={classes.labels}>
      {version.labels.map((label) => (
        <span key={label} className={classes.tag}>
          {label}
          <CloseButton
            size="xs"
            aria-label={`Take the label ${label} away`}
            onClick={() => drop.mutate(label)}
          />
        </span>
      ))}
      <NewLabel template={template} version={version} />
    </div>
  )
}

function NewLabel({ template, version }: LabelsProps) {
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const client = useQueryClient()
  const label = name.trim().toLowerCase()
  const put = useMutation({
    mutationFn: () =>
      sdk.setTemplateLabel({
        path: { template_id: template.id, label },
        body: { version: version.number },
      }),
    onSuccess: async () => {
      setOpened(false)
      setName('')
      await templatesChanged(client)
    },
  })
  const elsewhere = template.labels.find((each) => each.label === label)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (NAME.test(label)) put.mutate()
  }
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start">
      <Popover.Target>
        <button
          type="button"
          className={classes.addLabel}
          aria-label={`Label version ${version.number}`}
          onClick={() => setOpened(!opened)}
        >
          <IconTag size={14} stroke={1.7} aria-hidden /> Label
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={panel.form}
          onSubmit={submit}
          aria-label={`Label of version ${version.number}`}
        >
          <TextInput
            label="Label"
            description="Small letters, digits, dots and dashes"
            placeholder="staging"
            maxLength={40}
            autoComplete="off"
            data-autofocus
            value={name}
            error={
              put.isError
                ? sentenceOf(put.error)
                : label && !NAME.test(label)
                  ? 'Begin with a letter or digit, without spaces.'
                  : undefined
            }
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {elsewhere && elsewhere.version !== version.number ? (
            <p className={classes.hint}>It moves here from version {elsewhere.version}.</p>
          ) : null}
          <div className={panel.actions}>
            <Button type="submit" disabled={!NAME.test(label)} loading={put.isPending}>
              {elsewhere ? 'Move it here' : 'Set'}
            </Button>
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
