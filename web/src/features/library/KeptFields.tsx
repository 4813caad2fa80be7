import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { LibraryAssetOut } from '@/api'
import classes from './KeptFields.module.css'
import { TagsField } from './TagsField'
import { changeAsset } from './useLibraryActions'

const MAX_TITLE = 200

/** Title and tags of a kept picture, changed where they stand. */
export function KeptFields({ asset }: { asset: LibraryAssetOut }) {
  const client = useQueryClient()
  const [title, setTitle] = useState(asset.title ?? '')
  const keepTitle = () => {
    const wanted = title.trim() || null
    if (wanted === asset.title) return
    void changeAsset(client, asset, { title: wanted }).then((done) => {
      if (!done) setTitle(asset.title ?? '')
    })
  }
  return (
    <div className={classes.fields}>
      <input
        className={classes.title}
        aria-label="Title"
        placeholder="Add a title"
        maxLength={MAX_TITLE}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        onBlur={keepTitle}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') {
            setTitle(asset.title ?? '')
            event.stopPropagation()
            requestAnimationFrame(() => (document.activeElement as HTMLElement | null)?.blur())
          }
        }}
      />
      <TagsField tags={asset.tags} onChange={(tags) => void changeAsset(client, asset, { tags })} />
    </div>
  )
}
