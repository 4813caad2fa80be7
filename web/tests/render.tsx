import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { cssVariables, theme } from '@/ui/theme'
import { Toasts } from '@/ui/Toasts'

export function testClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  })
}

interface Options {
  /** The address; its path must be one of the studio's. */
  at?: string
  /** The path of the router that it is drawn at, where the address is not one by itself. */
  path?: (typeof PATHS)[number]
  client?: QueryClient
}

const PATHS = [
  '/workspace',
  '/library',
  '/account',
  '/account/credits',
  '/account/sign-in',
  '/account/keys',
  '/account/activity',
  '/account/data',
  '/account/engines',
  '/admin',
  '/admin/engines',
  '/admin/models',
  '/admin/people',
  '/admin/people/$personId',
  '/admin/access',
  '/admin/templates',
  '/admin/templates/simulator',
  '/admin/templates/coverage',
  '/admin/templates/$templateId',
  '/admin/negatives',
  '/admin/presets',
  '/admin/weights',
  '/admin/ledger',
  '/admin/activity',
] as const

/**
 * Draws a component inside the providers and a router with the studio's paths and ids, so that
 * links, `useSearch({ from: '/studio/library' })` and `useNavigate` work. It is drawn at the first
 * path only.
 */
export async function renderPage(
  ui: ReactNode,
  { at = '/workspace', path: only, client = testClient() }: Options = {},
) {
  const first = only ?? at.split('?')[0]
  const drawn = (path: string) => (path === first ? () => ui : () => null)
  const root = createRootRoute()
  const studio = createRoute({ getParentRoute: () => root, id: 'studio' })
  const pages = PATHS.map((path) =>
    createRoute({
      getParentRoute: () => studio,
      path,
      validateSearch: (raw: Record<string, unknown>) => raw,
      component: drawn(path),
    }),
  )
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: (raw: Record<string, unknown>) => raw,
    component: drawn('/sign-in'),
  })
  const goodbye = createRoute({
    getParentRoute: () => root,
    path: '/goodbye',
    component: drawn('/goodbye'),
  })
  const router = createRouter({
    routeTree: root.addChildren([studio.addChildren(pages), signIn, goodbye]),
    history: createMemoryHistory({ initialEntries: [at] }),
  })
  await router.load()
  const view = render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <QueryClientProvider client={client}>
        {/* The type of the app's router is registered; this one has the same paths. */}
        <RouterProvider router={router as never} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { ...view, router, client }
}
