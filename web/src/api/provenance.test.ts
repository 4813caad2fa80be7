import { expect, it } from 'vitest'
import { readProvenance } from './provenance'

it('reads what is there', () => {
  const found = readProvenance({
    seed: 7,
    steps: 15,
    guidance_scale: 1.6,
    engine_id: 'sketchbook',
    reference: { asset_id: 'a', strength: 0.3 },
    rewriting: { strategy: 'rules', template: { name: 'sdxl picture' }, cut: ['very', 3] },
    warnings: [{ code: 'size_snapped', message: 'Made at 1024 x 768.' }],
    effective: { steps: 15, seconds: 1.2, nested: { left: 'out' } },
  })
  expect(found).toMatchObject({
    seed: 7,
    reference: { assetId: 'a', strength: 0.3 },
    rewriting: { template: 'sdxl picture', cut: ['very'] },
    warnings: [{ code: 'size_snapped', message: 'Made at 1024 x 768.' }],
    effective: { steps: 15, seconds: 1.2 },
  })
})

it('takes an empty record, or one of another age', () => {
  expect(readProvenance({ reference: 'x', rewriting: null, warnings: 'none' })).toMatchObject({
    seed: null,
    promptFinal: null,
    reference: null,
    warnings: [],
    effective: {},
  })
})
