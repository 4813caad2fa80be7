import { IconCircleCheck, IconCircleDashed, IconPencil } from '@tabler/icons-react'
import type { TemplateDetailOut } from '@/api'
import tag from '../StateTag.module.css'

/** Whether requests get a template now, and whether a draft of it waits. */
export function UseTag({ template }: { template: TemplateDetailOut }) {
  if (!template.is_active) {
    return (
      <span className={tag.tag}>
        <IconCircleDashed size={16} stroke={1.7} aria-hidden />
        not in use
      </span>
    )
  }
  if (template.latest_version > (template.version ?? 1)) {
    return (
      <span className={tag.tag}>
        <IconPencil size={16} stroke={1.7} aria-hidden />
        in use, draft waits
      </span>
    )
  }
  return (
    <span className={tag.tag}>
      <IconCircleCheck size={16} stroke={1.7} className={tag.good} aria-hidden />
      in use
    </span>
  )
}
