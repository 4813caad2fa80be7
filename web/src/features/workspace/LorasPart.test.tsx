import { screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { findings } from '../../../tests/axe'
import { jobType, limits } from '../../../tests/fixtures'
import { renderPage } from '../../../tests/render'
import { server } from '../../../tests/server'
import { EMPTY_DRAFT, getDraft, patchDraft, readDraft, resetDraft, useDraft } from './draft'
import { fits, readLoras, withWord } from './loras'
import LorasPart from './LorasPart'
import { obstacle, requestOf } from './request'

const API = 'http://studio.test/api'
const able = {
  ...limits,
  loras: true,
  models: ['harbour', 'older'],
  model_families: { harbour: 'sdxl', older: 'sd15' },
}
const type = {
  ...jobType(),
  limits: able,
  engine: { id: 'diffusers-sdxl', name: 'SDXL', stand_in: false, summary: '' },
  engines: [
    {
      id: 'diffusers-sdxl',
      name: 'SDXL',
      stand_in: false,
      summary: '',
      model: 'harbour',
      limits: able,
    },
  ],
}
const INK = { name: 'ink', weight: 1, family: 'sdxl', triggers: ['inkwash'] }

function Part() {
  return <LorasPart draft={useDraft()} type={type} onClose={() => undefined} />
}

beforeEach(() => {
  resetDraft()
  server.use(
    http.get(`${API}/engines/diffusers-sdxl/loras`, ({ request }) => {
      const search = new URL(request.url).searchParams.get('search')
      const item = { title: 'Ink', family_label: 'Stable Diffusion XL', description: '' }
      const rest = { ...item, licence: '', preview_url: null }
      const items = search === 'none' ? [] : [{ ...INK, ...rest, weight: undefined }]
      return HttpResponse.json({ items, next_cursor: null })
    }),
  )
})

describe('the LoRAs of a draft', () => {
  it('are chosen, weighed, called by their words and taken out', async () => {
    const user = userEvent.setup()
    patchDraft({ prompt: 'a lake' })
    await renderPage(<Part />)
    await user.click(await screen.findByRole('button', { name: /Ink/ }))
    expect(getDraft().loras).toEqual([INK])
    await user.click(screen.getByRole('button', { name: 'inkwash' }))
    expect(getDraft().prompt).toBe('a lake, inkwash')
    expect(screen.getByText('There is no other one that fits this model.')).toBeInTheDocument()
    expect(screen.getByLabelText('ink')).toHaveValue('1')
    expect(await findings(document.body)).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Take ink out' }))
    expect(getDraft().loras).toEqual([])
  })

  it('say where nothing was found', async () => {
    const user = userEvent.setup()
    await renderPage(<Part />)
    await user.type(await screen.findByLabelText('Search LoRAs'), 'none')
    await waitFor(() => expect(screen.getByText(/No LoRA has “none”/)).toBeInTheDocument())
  })

  it('are sent where the engine takes some, and hinder where they do not fit', () => {
    const draft = { ...EMPTY_DRAFT, prompt: 'a lake', loras: [INK] }
    expect(requestOf(draft, able).loras).toEqual([{ name: 'ink', weight: 1 }])
    expect(requestOf(draft, limits).loras).toBeUndefined()
    expect(obstacle(draft, type)).toBeNull()
    expect(obstacle({ ...draft, model: 'older' }, type)).toMatch(/ink does not fit/)
  })

  it('are read back from what was kept, as far as it is sound', () => {
    const kept = { ...EMPTY_DRAFT, loras: [INK, { name: 7 }, null, { name: 'x', weight: 2 }] }
    expect(readDraft(JSON.stringify(kept)).loras).toEqual([
      INK,
      { name: 'x', weight: 2, family: '', triggers: [] },
    ])
    expect(readLoras('x')).toEqual([])
  })

  it('fit by family, and words join once', () => {
    expect(fits('', 'sdxl')).toBe(true)
    expect(fits('sd15', 'sdxl')).toBe(false)
    expect(fits('wan2.1-14b', 'wan2.2-14b')).toBe(true)
    expect(withWord('a lake, ', 'ink')).toBe('a lake, ink')
    expect(withWord('Ink lake', 'ink')).toBe('Ink lake')
    expect(withWord('', 'ink')).toBe('ink')
  })
})
