import { Button, Menu, Modal, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type SubmitEvent } from 'react'
import { sdk, sentenceOf, type TemplateDetailOut } from '@/api'
import { showToast } from '@/ui/toastStore'
import { AskTwice } from '@/ui/AskTwice'
import panel from '../panel.module.css'
import type { KeySearch } from '../search'
import { NewTemplate } from './NewTemplate'
import { templatesChanged } from './queries'

type Opened = 'copy' | 'rename' | 'delete' | null

/** What is done to a template as a whole. */
export function TemplateMenu({ template }: { template: TemplateDetailOut }) {
  const [opened, setOpened] = useState<Opened>(null)
  const client = useQueryClient()
  const on = template.is_active === true
  const toggle = useMutation({
    mutationFn: () =>
      sdk.changePromptTemplate({ path: { template_id: template.id }, body: { is_active: !on } }),
    onSuccess: async () => {
      showToast({
        text: on
          ? `${template.template_name} is out of use: its requests fall back to another`
          : `${template.template_name} is in use`,
        tone: 'success',
      })
      await templatesChanged(client)
    },
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
  })
  const close = () => setOpened(null)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            loading={toggle.isPending}
            rightSection={<IconChevronDown size={16} stroke={1.7} aria-hidden />}
          >
            Template
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpened('rename')}>Rename</Menu.Item>
          <Menu.Item onClick={() => setOpened('copy')}>Copy for something else</Menu.Item>
          <Menu.Item onClick={() => toggle.mutate()}>
            {on ? 'Take out of use' : 'Put in use'}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setOpened('delete')}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {opened === 'copy' ? (
        <NewTemplate start={keyOf(template)} copyOf={template} onClose={close} />
      ) : null}
      {opened === 'rename' ? <Rename template={template} onClose={close} /> : null}
      {opened === 'delete' ? <Delete template={template} onClose={close} /> : null}
    </>
  )
}

/** The key of a template as the address and the forms say it. */
const keyOf = (template: TemplateDetailOut) =>
  ({
    use: template.use_case,
    target: template.target_model ?? undefined,
    made: template.job_type ?? undefined,
    enhancer: template.enhancer_model,
    mode: template.content_mode,
  }) as KeySearch

function Rename({ template, onClose }: { template: TemplateDetailOut; onClose: () => void }) {
  const [name, setName] = useState(template.template_name)
  const client = useQueryClient()
  const rename = useMutation({
    mutationFn: () =>
      sdk.changePromptTemplate({
        path: { template_id: template.id },
        body: { template_name: name.trim() },
      }),
    onSuccess: async () => {
      onClose()
      await templatesChanged(client)
    },
  })
  const ready = name.trim() !== '' && name.trim() !== template.template_name
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready) rename.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title="Rename the template"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={panel.form} onSubmit={submit} aria-label="Rename">
        <TextInput
          label="Name"
          size="md"
          maxLength={100}
          data-autofocus
          value={name}
          error={rename.isError ? sentenceOf(rename.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={panel.actions}>
          <Button type="submit" disabled={!ready} loading={rename.isPending}>
            Rename
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Delete({ template, onClose }: { template: TemplateDetailOut; onClose: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => sdk.deletePromptTemplate({ path: { template_id: template.id } }),
    onSuccess: async () => {
      showToast({ text: `${template.template_name} is deleted` })
      await navigate({ to: '/admin/templates' })
      await templatesChanged(client)
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={`Delete ${template.template_name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={panel.form}>
        <p>
          It goes with its {template.latest_version === 1 ? 'text' : 'whole history'}, and cannot be
          had back. Pictures that were made with it keep what they noted of it.
          {template.is_active ? ' It is in use: its requests fall back to another.' : ''}
        </p>
        {remove.isError ? (
          <p className={panel.error} role="alert">
            {sentenceOf(remove.error)}
          </p>
        ) : null}
        <div className={panel.actions}>
          <AskTwice
            action="Delete"
            sure="Delete it for good"
            pending={remove.isPending}
            onSure={() => remove.mutate()}
          />
        </div>
      </div>
    </Modal>
  )
}
