import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isSignedOut } from '@/api'
import { me } from '@/features/account/queries'
import { checkLibrarySearch } from '@/features/library/search'
import { checkWorkspaceSearch } from '@/features/workspace/search'
import { WorkspacePage } from '@/features/workspace/WorkspacePage'
import { NotFoundPage, RouteError } from './RouteStates'
import { Shell } from './Shell'

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string } =>
    typeof raw.next === 'string' ? { next: raw.next } : {},
  component: lazyRouteComponent(() => import('@/features/account/SignInPage')),
})

/** Everything that needs somebody to be signed in. */
const studio = createRoute({
  getParentRoute: () => root,
  id: 'studio',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.query({ ...me, staleTime: 'static' })
    } catch (error) {
      if (!isSignedOut(error)) throw error
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to say so
      throw redirect({ to: '/sign-in', search: { next: location.href }, replace: true })
    }
  },
  component: Shell,
  errorComponent: RouteError,
})

const home = createRoute({
  getParentRoute: () => studio,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to say so
    throw redirect({ to: '/workspace', replace: true })
  },
})

const workspace = createRoute({
  getParentRoute: () => studio,
  path: '/workspace',
  validateSearch: checkWorkspaceSearch,
  component: WorkspacePage,
  errorComponent: RouteError,
})

const library = createRoute({
  getParentRoute: () => studio,
  path: '/library',
  validateSearch: checkLibrarySearch,
  component: lazyRouteComponent(() => import('@/features/library/LibraryPage')),
  errorComponent: RouteError,
})

const settings = createRoute({
  getParentRoute: () => studio,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/SettingsPage')),
  errorComponent: RouteError,
})

const engines = createRoute({
  getParentRoute: () => studio,
  path: '/admin/engines',
  component: lazyRouteComponent(() => import('@/features/engines/EnginesPage')),
  errorComponent: RouteError,
})

const tree = root.addChildren([
  signIn,
  studio.addChildren([home, workspace, library, settings, engines]),
])

export function createStudioRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    // The query cache decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultStructuralSharing: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createStudioRouter>
  }
}
