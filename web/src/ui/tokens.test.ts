import { describe, expect, it } from 'vitest'
import { contrast, dark, light } from './tokens'

describe('contrast', () => {
  it('is 21 between black and white, 1 between equals', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrast('#123456', '#123456')).toBe(1)
  })

  for (const [name, palette] of Object.entries({ dark, light })) {
    const [page, panel, control, hover, pressed] = palette.surface
    const pairs: [string, string, string][] = [
      ...[page, panel, control].flatMap((surface): [string, string, string][] => [
        ...palette.text.map((text, at): [string, string, string] => [`text ${at}`, text, surface]),
        ['accent text', palette.accentText, surface],
        ['danger', palette.danger, surface],
        ['success', palette.success, surface],
      ]),
      ['text on hover', palette.text[0], hover],
      ['secondary text on hover', palette.text[1], hover],
      ['text on pressed', palette.text[0], pressed],
      ['secondary text on pressed', palette.text[1], pressed],
      ['accent text on pressed', palette.accentText, pressed],
      ['text on accent', palette.onAccent, palette.accent],
      ['text on accent, pointed at', palette.onAccent, palette.accentHover],
      ['added words', palette.text[0], palette.added],
    ]
    it.each(pairs)(`${name}: %s (%s on %s) is readable (AA, 4.5)`, (_, text, surface) => {
      expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5)
    })

    it(`${name}: the focus ring stands out from the surfaces (AA, 3)`, () => {
      for (const surface of [page, panel, control]) {
        expect(contrast(palette.ring, surface)).toBeGreaterThanOrEqual(3)
      }
    })
  }
})
