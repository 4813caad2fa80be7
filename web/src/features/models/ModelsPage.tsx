import '@/ui/forms.css'
import '@/ui/overlays.css'
import { Button } from '@mantine/core'
import { useMounted } from '@mantine/hooks'
import { IconCube, IconFileUpload, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState, type DragEvent } from 'react'
import { sdk, sentenceOf, type ModelShelfOut } from '@/api'
import { Endless } from '@/features/admin/Endless'
import { Filters } from '@/features/admin/Filters'
import { soFar } from '@/features/admin/pages'
import rows from '@/features/admin/rows.module.css'
import type { ModelsSearch } from '@/features/admin/search'
import { useKeys } from '@/keys/useKeys'
import { SelectField } from '@/ui/Fields'
import { count, fileSize } from '@/ui/format'
import { SearchField } from '@/ui/SearchField'
import { EmptyState } from '@/ui/States'
import { showToast } from '@/ui/toastStore'
import { kindName } from './kinds'
import { ModelRow } from './ModelRow'
import classes from './Models.module.css'
import { modelFiles, modelShelf, useModelsChanged } from './queries'
import { sendModel } from './sending'
import { Uploads } from './Uploads'

/** The files of models: what is there, what is wrong, and the way in for a new one. */
export default function ModelsPage() {
  const { q = '', what, family, file } = useSearch({ from: '/studio/admin/models' })
  const navigate = useNavigate({ from: '/admin/models' })
  const change = (next: ModelsSearch) =>
    void navigate({ to: '/admin/models', search: (old) => ({ ...old, ...next }), replace: true })
  const list = useInfiniteQuery(
    modelFiles({
      ...(q ? { search: q } : {}),
      ...(what ? { kind: what } : {}),
      ...(family ? { family } : {}),
    }),
  )
  const { data: shelf } = useQuery(modelShelf)
  const changed = useModelsChanged()
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useKeys({ search: () => field.current?.focus() }, { enabled: useMounted() })
  const look = useMutation({
    mutationFn: () => sdk.scanModelFolders(),
    onSuccess: ({ changed: fresh, missing }) => {
      const gone = missing ? `, ${missing} gone` : ''
      showToast({ text: fresh ? `${fresh} new or changed${gone}` : `Nothing new${gone}` })
    },
    onError: (error) => showToast({ text: sentenceOf(error), tone: 'error' }),
    onSettled: changed,
  })
  const install = (files: FileList | null) => {
    for (const each of Array.from(files ?? [])) {
      sendModel(each)
        .then((made) => made && showToast({ text: `${made.name} is installed`, tone: 'success' }))
        .catch((error: unknown) => showToast({ text: sentenceOf(error), tone: 'error' }))
        .finally(() => void changed())
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    install(event.dataTransfer.files)
  }
  const set = [what, family].filter(Boolean).length
  const choose = (
    <Button
      leftSection={<IconFileUpload size={18} stroke={1.7} aria-hidden />}
      onClick={() => picker.current?.click()}
    >
      Install a model
    </Button>
  )
  return (
    <div
      className={`${classes.page} ${over ? classes.over : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header className={rows.head}>
        <h1 className={rows.heading}>Models</h1>
        <span className={rows.said} role="status">
          {soFar(list.data, (number) => count(number, 'file'))}
        </span>
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} stroke={1.7} aria-hidden />}
          loading={look.isPending}
          onClick={() => look.mutate()}
        >
          Look again
        </Button>
        {choose}
        <input
          ref={picker}
          type="file"
          hidden
          multiple
          aria-label="Model file"
          accept=".safetensors,.gguf"
          onChange={(event) => {
            install(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </header>
      <Uploads />
      {shelf ? <Problems problems={shelf.problems} /> : null}
      <Filters
        set={set}
        more={
          <>
            <SelectField
              label="Kind"
              value={what ?? ''}
              options={[
                { value: '', label: 'Any kind' },
                ...kindsOf(shelf).map((each) => ({ value: each, label: kindName(each) })),
              ]}
              onChange={(next) => change({ what: next || undefined })}
            />
            <SelectField
              label="Family"
              value={family ?? ''}
              options={[{ value: '', label: 'Any family' }, ...familiesOf(shelf)]}
              onChange={(next) => change({ family: next || undefined })}
            />
          </>
        }
      >
        <SearchField
          q={q}
          onSearch={(next) => change({ q: next || undefined })}
          label="Search models"
          placeholder="Search by name or trigger word"
          field={field}
        />
      </Filters>
      <Endless
        list={list}
        what="The list of models"
        skeleton={<Skeleton />}
        empty={
          q || set ? (
            <EmptyState
              icon={IconCube}
              title="No model found"
              actions={
                <Button
                  variant="default"
                  onClick={() => change({ q: undefined, what: undefined, family: undefined })}
                >
                  Show all models
                </Button>
              }
            >
              {q ? `No name and no trigger word has “${q}” in it` : 'Nothing fits'}
              {set ? ' with these filters' : ''}.
            </EmptyState>
          ) : (
            <EmptyState icon={IconCube} title="No model file is here yet" actions={choose}>
              Drop a .safetensors file on this page, or put it into a folder of the studio’s
              machine: models into sdxl, LoRAs into loras. The studio looks every minute.
            </EmptyState>
          )
        }
      >
        {(files) => (
          <ul className={classes.models}>
            {files.map((each) => (
              <ModelRow
                key={each.id}
                file={each}
                open={each.id === file}
                onToggle={() => change({ file: each.id === file ? undefined : each.id })}
              />
            ))}
          </ul>
        )}
      </Endless>
      {shelf ? <Folders folders={shelf.folders} /> : null}
    </div>
  )
}

const kindsOf = (shelf: ModelShelfOut | undefined): string[] => [
  ...new Set((shelf?.counts ?? []).map((each) => each.kind)),
]

function familiesOf(shelf: ModelShelfOut | undefined): { value: string; label: string }[] {
  const found = new Map((shelf?.counts ?? []).map((each) => [each.family, each.family_label]))
  return [...found].filter(([value]) => value).map(([value, label]) => ({ value, label }))
}

function Problems({ problems }: { problems: ModelShelfOut['problems'] }) {
  if (problems.length === 0) return null
  return (
    <ul className={classes.problems} aria-label="What is wrong">
      {problems.map((each) => (
        <li key={each.message}>{each.message}</li>
      ))}
    </ul>
  )
}

/** Where the files lie, so that one can be put there by hand. */
function Folders({ folders }: { folders: ModelShelfOut['folders'] }) {
  return (
    <section className={classes.folders} aria-label="Folders">
      {folders.map((folder) => (
        <p key={folder.path}>
          <code>{folder.path}</code>
          <span className={classes.quiet}>
            {folder.writable ? 'files are installed here' : 'only read'}
            {folder.free === null ? '' : `, ${fileSize(folder.free)} free`}
          </span>
        </p>
      ))}
    </section>
  )
}

const BONES = [180, 140, 200, 160]

/** The list before its files are known. */
function Skeleton() {
  return (
    <ul className={classes.models} aria-label="Reading the models" aria-busy="true">
      {BONES.map((width) => (
        <li key={width} className={classes.model}>
          <span className={classes.head}>
            <span className={classes.picture} />
            <span className={classes.names}>
              <span className={rows.bone} style={{ width }} />
              <span className={rows.bone} style={{ width: width * 0.7 }} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}
