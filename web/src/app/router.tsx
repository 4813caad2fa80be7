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
import { checkActivitySearch } from '@/features/account/activity/search'
import { checkCreditsSearch } from '@/features/account/credits/search'
import { me } from '@/features/account/queries'
import { checkSignInSearch } from '@/features/account/returning'
import {
  checkAccessSearch,
  checkKeySearch,
  checkLedgerSearch,
  checkModelsSearch,
  checkPeopleSearch,
  checkPersonSearch,
  checkTemplateSearch,
  checkTemplatesSearch,
  checkTrailSearch,
  checkWeightsSearch,
} from '@/features/admin/search'
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
  validateSearch: checkSignInSearch,
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

const account = createRoute({
  getParentRoute: () => studio,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/account/AccountPage')),
  errorComponent: RouteError,
})

/** The frame of the admin pages; it draws them for admins only. */
const admin = createRoute({
  getParentRoute: () => studio,
  path: '/admin',
  component: lazyRouteComponent(() => import('@/features/admin/AdminFrame')),
  errorComponent: RouteError,
})

const adminStudio = createRoute({
  getParentRoute: () => admin,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/admin/studio/StudioPage')),
  errorComponent: RouteError,
})

const adminEngines = createRoute({
  getParentRoute: () => admin,
  path: '/engines',
  component: lazyRouteComponent(() => import('@/features/engines/EnginesPage')),
  errorComponent: RouteError,
})

const adminModels = createRoute({
  getParentRoute: () => admin,
  path: '/models',
  validateSearch: checkModelsSearch,
  component: lazyRouteComponent(() => import('@/features/models/ModelsPage')),
  errorComponent: RouteError,
})

const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: '/people',
  validateSearch: checkPeopleSearch,
  component: lazyRouteComponent(() => import('@/features/admin/people/PeoplePage')),
  errorComponent: RouteError,
})

const adminPerson = createRoute({
  getParentRoute: () => admin,
  path: '/people/$personId',
  validateSearch: checkPersonSearch,
  component: lazyRouteComponent(() => import('@/features/admin/person/PersonPage')),
  errorComponent: RouteError,
})

const adminAccess = createRoute({
  getParentRoute: () => admin,
  path: '/access',
  validateSearch: checkAccessSearch,
  component: lazyRouteComponent(() => import('@/features/admin/access/AccessPage')),
  errorComponent: RouteError,
})

const adminLedger = createRoute({
  getParentRoute: () => admin,
  path: '/ledger',
  validateSearch: checkLedgerSearch,
  component: lazyRouteComponent(() => import('@/features/admin/ledger/LedgerPage')),
  errorComponent: RouteError,
})

const adminActivity = createRoute({
  getParentRoute: () => admin,
  path: '/activity',
  validateSearch: checkTrailSearch,
  component: lazyRouteComponent(() => import('@/features/admin/activity/ActivityPage')),
  errorComponent: RouteError,
})

const adminTemplates = createRoute({
  getParentRoute: () => admin,
  path: '/templates',
  validateSearch: checkTemplatesSearch,
  component: lazyRouteComponent(() => import('@/features/admin/templates/TemplatesPage')),
  errorComponent: RouteError,
})

const adminSimulator = createRoute({
  getParentRoute: () => admin,
  path: '/templates/simulator',
  validateSearch: checkKeySearch,
  component: lazyRouteComponent(() => import('@/features/admin/templates/SimulatorPage')),
  errorComponent: RouteError,
})

const adminCoverage = createRoute({
  getParentRoute: () => admin,
  path: '/templates/coverage',
  component: lazyRouteComponent(() => import('@/features/admin/templates/CoveragePage')),
  errorComponent: RouteError,
})

const adminTemplate = createRoute({
  getParentRoute: () => admin,
  path: '/templates/$templateId',
  validateSearch: checkTemplateSearch,
  component: lazyRouteComponent(() => import('@/features/admin/templates/TemplatePage')),
  errorComponent: RouteError,
})

const adminNegatives = createRoute({
  getParentRoute: () => admin,
  path: '/negatives',
  component: lazyRouteComponent(() => import('@/features/admin/negatives/NegativesPage')),
  errorComponent: RouteError,
})

const adminPresets = createRoute({
  getParentRoute: () => admin,
  path: '/presets',
  component: lazyRouteComponent(() => import('@/features/admin/presets/PresetsPage')),
  errorComponent: RouteError,
})

const adminWeights = createRoute({
  getParentRoute: () => admin,
  path: '/weights',
  validateSearch: checkWeightsSearch,
  component: lazyRouteComponent(() => import('@/features/admin/weights/WeightsPage')),
  errorComponent: RouteError,
})

const adminPages = admin.addChildren([
  adminStudio,
  adminEngines,
  adminModels,
  adminPeople,
  adminPerson,
  adminAccess,
  adminTemplates,
  adminSimulator,
  adminCoverage,
  adminTemplate,
  adminNegatives,
  adminPresets,
  adminWeights,
  adminLedger,
  adminActivity,
])

const overview = createRoute({
  getParentRoute: () => account,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/account/OverviewSection')),
})

const credits = createRoute({
  getParentRoute: () => account,
  path: '/credits',
  validateSearch: checkCreditsSearch,
  component: lazyRouteComponent(() => import('@/features/account/credits/CreditsSection')),
})

const signInSection = createRoute({
  getParentRoute: () => account,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { problem?: string } =>
    typeof raw.problem === 'string' ? { problem: raw.problem } : {},
  component: lazyRouteComponent(() => import('@/features/account/security/SignInSection')),
})

const apiKeys = createRoute({
  getParentRoute: () => account,
  path: '/keys',
  component: lazyRouteComponent(() => import('@/features/account/keys/KeysSection')),
})

const activity = createRoute({
  getParentRoute: () => account,
  path: '/activity',
  validateSearch: checkActivitySearch,
  component: lazyRouteComponent(() => import('@/features/account/activity/ActivitySection')),
})

const data = createRoute({
  getParentRoute: () => account,
  path: '/data',
  component: lazyRouteComponent(() => import('@/features/account/data/DataSection')),
})

const appearance = createRoute({
  getParentRoute: () => account,
  path: '/appearance',
  component: lazyRouteComponent(() => import('@/features/settings/AppearanceSection')),
})

const engines = createRoute({
  getParentRoute: () => account,
  path: '/engines',
  component: lazyRouteComponent(() => import('@/features/settings/EnginesSection')),
})

/** The settings are sections of the account. */
const settings = createRoute({
  getParentRoute: () => studio,
  path: '/settings',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to say so
    throw redirect({ to: '/account', replace: true })
  },
})

const goodbye = createRoute({
  getParentRoute: () => root,
  path: '/goodbye',
  component: lazyRouteComponent(() => import('@/features/account/GoodbyePage')),
})

const sections = [
  overview,
  credits,
  signInSection,
  apiKeys,
  activity,
  data,
  appearance,
  engines,
] as const

const tree = root.addChildren([
  signIn,
  goodbye,
  studio.addChildren([
    home,
    workspace,
    library,
    account.addChildren(sections),
    settings,
    adminPages,
  ]),
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
