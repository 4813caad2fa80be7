import type { Action } from '@/api'
import { count } from '@/ui/format'
import type { ActionWords } from './actions'
import { number, quoted, text, texts } from './facts'

type PromptAction = Extract<
  Action,
  | `template.${string}`
  | `templates.${string}`
  | `preset.${string}`
  | `weights.${string}`
  | `negative_prompt.${string}`
  | `negative_prompts.${string}`
>

const studio = (label: string, sentence: ActionWords['sentence']): ActionWords => ({
  label,
  topic: 'studio',
  staff: true,
  sentence,
})

const version = (value: unknown): string =>
  number(value) ? `version ${number(value)}` : 'a version'

/** What admins do to the prompts of the studio. */
export const PROMPT_ACTIONS: Readonly<Record<PromptAction, ActionWords>> = {
  'template.made': studio(
    'Templates made',
    (entry) => `Made the template${quoted(entry.after?.template_name)}`,
  ),
  'template.version_saved': studio('Versions of templates saved', (entry) => {
    const said = text(entry.after?.message)
    return `Saved ${version(entry.after?.version)} of a template${said ? `: ${said}` : ''}`
  }),
  'template.published': studio('Templates published', (entry) => {
    const off = texts(entry.after?.switched_off).length
    const instead = off ? `, in the place of ${count(off, 'other')}` : ''
    return `Put ${version(entry.after?.version)} of a template in use${instead}`
  }),
  'template.changed': studio('Templates renamed or switched', (entry) => {
    const name = quoted(entry.after?.name)
    if (entry.before?.active && entry.after?.active === false) {
      return `Took the template${name} out of use`
    }
    if (entry.before?.active === false && entry.after?.active) {
      return `Put the template${name} back in use`
    }
    return `Renamed the template${quoted(entry.before?.name)} to${name || ' another name'}`
  }),
  'template.labelled': studio('Labels of templates', (entry) =>
    entry.after
      ? `Put the label${quoted(entry.after.label)} on ${version(entry.after.version)} of a template`
      : `Took the label${quoted(entry.before?.label)} off a template`,
  ),
  'template.deleted': studio(
    'Templates deleted',
    (entry) => `Deleted the template${quoted(entry.before?.template_name)} with its history`,
  ),
  'templates.imported': studio('Templates imported', (entry) => {
    const fresh = count(number(entry.after?.new), 'new template')
    return `Imported templates: ${fresh}, ${count(number(entry.after?.version), 'new version')}`
  }),
  'preset.made': studio('Presets made', (entry) => `Made the preset${quoted(entry.after?.name)}`),
  'preset.changed': studio(
    'Presets changed',
    (entry) => `Changed the preset${quoted(entry.after?.name)}`,
  ),
  'preset.deleted': studio(
    'Presets deleted',
    (entry) => `Deleted the preset${quoted(entry.before?.name)}`,
  ),
  'weights.made': studio(
    'Weight sets made',
    (entry) => `Made the weight set${quoted(entry.after?.name)}`,
  ),
  'weights.changed': studio(
    'Weight sets changed',
    (entry) => `Changed the weight set${quoted(entry.after?.config_name)}`,
  ),
  'weights.deleted': studio(
    'Weight sets deleted',
    (entry) => `Deleted the weight set${quoted(entry.before?.name ?? entry.before?.config_name)}`,
  ),
  'negative_prompt.made': studio('Negative prompts added', () => 'Added a negative prompt'),
  'negative_prompt.changed': studio('Negative prompts changed', (entry) => {
    if (entry.before?.active && entry.after?.active === false) {
      return 'Switched a negative prompt off'
    }
    if (entry.before?.active === false && entry.after?.active) {
      return 'Switched a negative prompt on'
    }
    return 'Changed a negative prompt'
  }),
  'negative_prompts.ordered': studio(
    'Negative prompts ordered',
    (entry) => `Put ${count(texts(entry.after?.ids).length, 'negative prompt')} in another order`,
  ),
  'negative_prompt.deleted': studio('Negative prompts deleted', () => 'Deleted a negative prompt'),
}
