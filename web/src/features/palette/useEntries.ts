import {
  IconActivity,
  IconBook2,
  IconBooks,
  IconHistory,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPencil,
  IconSun,
  type Icon,
} from '@tabler/icons-react'
import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sdk, type LibraryAssetOut } from '@/api'
import { useSignOut } from '@/app/useSignOut'
import { useAreas } from '@/app/areas'
import { panels } from '@/app/panels'
import { SECTIONS as ADMIN_SECTIONS } from '@/features/admin/sections'
import { me } from '@/features/account/queries'
import { sectionsOf } from '@/features/account/sections'
import { recentJobs } from '@/features/jobs/queries'
import { patchDraft } from '@/features/workspace/draft'
import { keyHint } from '@/keys/keymap'
import { fitOf } from './match'

export interface Entry {
  id: string
  group: 'Pages' | 'Actions' | 'Account and settings' | 'Admin' | 'Recent prompts' | 'Library'
  label: string
  /** What it is also found by. */
  words?: string
  icon?: Icon
  asset?: LibraryAssetOut
  hint?: string
  run: () => void
}

const RECENT = 8
const FOUND = 8
const TYPING_MS = 180

/** Everything that fits what was typed, the best of each group first. */
export function useEntries(typed: string): { entries: Entry[]; searching: boolean } {
  const query = typed.trim()
  const pages = usePages()
  const actions = useActions()
  const sections = useSections()
  const adminSections = useAdminSections()
  const prompts = useRecentPrompts(query)
  const found = useLibrary(query)
  const fits = [...pages, ...actions, ...sections, ...adminSections]
    .map((entry) => ({ entry, fit: fitOf(query, entry.label, entry.words) }))
    .filter(({ fit }) => fit > 0)
  if (query) fits.sort((a, b) => b.fit - a.fit)
  return {
    entries: [...fits.map(({ entry }) => entry), ...prompts, ...found.entries],
    searching: found.searching,
  }
}

function usePages(): Entry[] {
  const navigate = useNavigate()
  const areas = useAreas()
  return areas.map((area) => ({
    id: area.id,
    group: 'Pages',
    label: area.label,
    words: area.words,
    icon: area.icon,
    hint: keyHint(area.key),
    run: () => void navigate({ to: area.to }),
  }))
}

function useAdminSections(): Entry[] {
  const navigate = useNavigate()
  const mine = useAreas().some((area) => area.to === '/admin')
  return (mine ? ADMIN_SECTIONS : []).map((section) => ({
    id: `admin ${section.id}`,
    group: 'Admin',
    label: section.label,
    words: section.words,
    icon: section.icon,
    run: () => void navigate({ to: section.to }),
  }))
}

function useSections(): Entry[] {
  const navigate = useNavigate()
  const { data: account } = useQuery(me)
  return sectionsOf(account).map((section) => ({
    id: `account ${section.id}`,
    group: 'Account and settings',
    label: section.label,
    words: section.words,
    icon: section.icon,
    hint: section.to === '/account' ? keyHint('go.account') : undefined,
    run: () => void navigate({ to: section.to }),
  }))
}

function useActions(): Entry[] {
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const lightNow = colorScheme === 'light'
  return [
    {
      id: 'new',
      group: 'Actions',
      label: 'New prompt',
      words: 'make write picture',
      icon: IconPencil,
      run: () => {
        patchDraft({ prompt: '', improved: null })
        void navigate({ to: '/workspace' })
      },
    },
    {
      id: 'activity',
      group: 'Actions',
      label: 'Show the activity',
      words: 'queue jobs running waiting failed cancel',
      icon: IconActivity,
      hint: keyHint('activity'),
      run: () => panels.open('activity'),
    },
    {
      id: 'book',
      group: 'Actions',
      label: 'Open the prompt book',
      words: 'history snippets lists favourites wildcards prompts',
      icon: IconBook2,
      hint: keyHint('book'),
      run: () => panels.open('book'),
    },
    {
      id: 'theme',
      group: 'Actions',
      label: lightNow ? 'Dark theme' : 'Light theme',
      words: 'colour scheme mode night day',
      icon: lightNow ? IconMoon : IconSun,
      run: () => setColorScheme(lightNow ? 'dark' : 'light'),
    },
    {
      id: 'keys',
      group: 'Actions',
      label: 'Show all keys',
      words: 'shortcuts help keyboard',
      icon: IconKeyboard,
      hint: keyHint('help'),
      run: () => panels.open('keys'),
    },
    {
      id: 'sign-out',
      group: 'Actions',
      label: 'Sign out',
      words: 'leave log out',
      icon: IconLogout,
      run: () => void signOut(),
    },
  ]
}

function useRecentPrompts(query: string): Entry[] {
  const navigate = useNavigate()
  const { data } = useQuery(recentJobs)
  const prompts = [...new Set(data?.items.map((job) => job.original_prompt))]
  return prompts
    .filter((prompt) => fitOf(query, prompt) > 0)
    .slice(0, RECENT)
    .map((prompt) => ({
      id: `prompt ${prompt}`,
      group: 'Recent prompts',
      label: prompt,
      icon: IconHistory,
      run: () => {
        patchDraft({ prompt, improved: null })
        void navigate({ to: '/workspace' })
      },
    }))
}

function useLibrary(query: string): { entries: Entry[]; searching: boolean } {
  const navigate = useNavigate()
  const [settled] = useDebouncedValue(query, TYPING_MS)
  const { data, isFetching } = useQuery({
    queryKey: ['library', 'palette', settled],
    queryFn: ({ signal }) => sdk.listLibraryAssets({ query: { q: settled, limit: FOUND }, signal }),
    enabled: settled.length > 1,
    placeholderData: keepPreviousData,
  })
  if (query.length < 2) return { entries: [], searching: false }
  const all: Entry = {
    id: 'library-all',
    group: 'Library',
    label: `Search the library for “${query}”`,
    icon: IconBooks,
    run: () => void navigate({ to: '/library', search: { q: query } }),
  }
  const found = (data?.items ?? []).map((asset): Entry => ({
    id: asset.id,
    group: 'Library',
    label: asset.title ?? asset.prompt,
    asset,
    run: () => void navigate({ to: '/library', search: { q: query, view: asset.id } }),
  }))
  return { entries: [...found, all], searching: isFetching }
}
