import axe from 'axe-core'

/**
 * What axe finds wrong, as readable lines. Colours are measured in `ui/tokens.test.ts`, because
 * jsdom does not lay anything out.
 */
export async function findings(root: Element): Promise<string[]> {
  const { violations } = await axe.run(root, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  })
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ')}`)
}
