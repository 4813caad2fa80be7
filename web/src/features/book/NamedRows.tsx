import { ActionIcon, Button } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash, type Icon } from '@tabler/icons-react'
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { deleteSoon, useGoing } from '@/app/deletion'
import { PanelError, RowsSkeleton } from '@/features/account/Panel'
import { EmptyState } from '@/ui/States'
import classes from './book.module.css'
import { bookChanged } from './queries'
import { usePrompt } from './usePrompt'

interface Named {
  name: string
}

interface NamedRowsProps<T extends Named> {
  /** What one of them is called within a sentence: `list`. */
  noun: string
  icon: Icon
  found: UseQueryResult<T[]>
  /** What they are good for, while there is none. */
  children: ReactNode
  facts: (item: T) => ReactNode
  text: (item: T) => string
  /** What goes where the caret stands. */
  inserted: (item: T) => string
  pathOf: (name: string) => string
  remove: (name: string) => Promise<unknown>
  onNew: () => void
  onEdit: (item: T) => void
}

/** Things of the prompt book that have a name: put into the prompt, changed, deleted. */
export function NamedRows<T extends Named>(props: NamedRowsProps<T>) {
  const { noun, found, pathOf, onNew } = props
  const going = useGoing()
  const shown = found.data?.filter((each) => !going.has(pathOf(each.name)))
  return (
    <>
      {found.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
      {found.isError && !found.data ? (
        <PanelError
          what={`Your ${noun}s`}
          error={found.error}
          onRetry={() => void found.refetch()}
        />
      ) : null}
      {shown?.length === 0 ? (
        <EmptyState
          icon={props.icon}
          title={`No ${noun}s yet`}
          actions={<Button onClick={onNew}>Make the first {noun}</Button>}
        >
          {props.children}
        </EmptyState>
      ) : null}
      <ul className={classes.rows} aria-label={`${noun.charAt(0).toUpperCase()}${noun.slice(1)}s`}>
        {shown?.map((each) => (
          <Row key={each.name} item={each} {...props} />
        ))}
      </ul>
      {shown?.length ? (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} stroke={1.7} aria-hidden />}
          onClick={onNew}
        >
          New {noun}
        </Button>
      ) : null}
    </>
  )
}

function Row<T extends Named>({ item, noun, ...props }: NamedRowsProps<T> & { item: T }) {
  const client = useQueryClient()
  const prompt = usePrompt()
  const { name } = item
  return (
    <li className={classes.row}>
      <div className={classes.said}>
        <strong>{name}</strong> {props.facts(item)}
        <p className={classes.text}>{props.text(item)}</p>
      </div>
      <div className={classes.tools}>
        <Button
          variant="default"
          aria-label={`Insert ${name}`}
          onClick={() => prompt.insert(props.inserted(item))}
        >
          Insert
        </Button>
        <ActionIcon size={36} aria-label={`Edit ${name}`} onClick={() => props.onEdit(item)}>
          <IconPencil size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={`Delete ${name}`}
          onClick={() =>
            deleteSoon({
              path: props.pathOf(name),
              text: `The ${noun} ${name} is deleted`,
              run: () => props.remove(name),
              onDone: () => bookChanged(client),
            })
          }
        >
          <IconTrash size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </div>
    </li>
  )
}
