import { Link } from '@tanstack/react-router'
import type { TemplateDetailOut } from '@/api'
import { when } from '@/ui/format'
import rows from '../rows.module.css'
import { nameOf, targetName } from './kinds'
import classes from './TemplatesTable.module.css'
import { UseTag } from './UseTag'

const HEADS = ['Name', 'Use case', 'Enhancer', 'Mode', 'Version', 'Changed', 'State']

/** A row for each template; the whole row leads to its page. */
export function TemplatesTable({ templates }: { templates: readonly TemplateDetailOut[] }) {
  return (
    <table className={`${rows.table} ${classes.templates}`}>
      <Head />
      <tbody>
        {templates.map((template) => (
          <Row key={template.id} template={template} />
        ))}
      </tbody>
    </table>
  )
}

function Head() {
  return (
    <thead>
      <tr>
        {HEADS.map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
      </tr>
    </thead>
  )
}

function Row({ template }: { template: TemplateDetailOut }) {
  const changed = template.updated_at ?? template.created_at
  return (
    <tr>
      <td className={classes.name}>
        <Link
          className={rows.rowLink}
          to="/admin/templates/$templateId"
          params={{ templateId: template.id }}
        >
          {template.template_name}
        </Link>
      </td>
      <td className={classes.use}>
        {nameOf(template.use_case)}
        <div className={rows.quiet}>{targetName(template)}</div>
      </td>
      <td className={`${rows.quiet} ${classes.enhancer}`}>{nameOf(template.enhancer_model)}</td>
      <td className={`${rows.quiet} ${classes.mode}`}>{nameOf(template.content_mode)}</td>
      <td className={`${rows.quiet} ${classes.version}`}>{template.version ?? 1}</td>
      <td className={`${rows.quiet} ${classes.changed}`}>{changed ? when(changed) : ''}</td>
      <td className={classes.state}>
        <UseTag template={template} />
      </td>
    </tr>
  )
}

const BONES = [150, 120, 170, 96, 132, 118, 140]
const WIDTHS = [null, 110, 84, 48, 16, 70, 60]
const CELLS = ['name', 'use', 'enhancer', 'mode', 'version', 'changed', 'state'] as const

/** The table before its templates are known. */
export function TemplatesSkeleton() {
  return (
    <table className={`${rows.table} ${classes.templates}`} aria-label="Reading the templates">
      <Head />
      <tbody>
        {BONES.map((width) => (
          <tr key={width}>
            {CELLS.map((cell, at) => (
              <td key={cell} className={classes[cell]}>
                <span className={rows.bone} style={{ width: WIDTHS[at] ?? width }} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
