/** What a list of the library is narrowed to. */
export interface LibraryFilter {
  q: string
  favorite: boolean
  type: 'image' | 'video' | null
}

/** Every key of the query cache, so that the event table and the features agree. */
export const keys = {
  me: ['me'] as const,
  apiKeys: ['account', 'api-keys'] as const,
  sessions: ['account', 'sessions'] as const,
  content: ['account', 'content'] as const,
  twoFactor: ['account', 'two-factor'] as const,
  identities: ['account', 'identities'] as const,
  signInMethods: ['sign-in-methods'] as const,
  trail: (filter: { userId: string; action?: string; since?: string; until?: string }) =>
    ['account', 'trail', filter] as const,
  /** Prefix of balance, ledger and usage, which every job moves. */
  credits: ['credits'] as const,
  balance: ['credits', 'balance'] as const,
  ledger: ['credits', 'ledger'] as const,
  usage: (days: number) => ['credits', 'usage', days] as const,
  jobTypes: ['job-types'] as const,
  engines: ['engines'] as const,
  controls: ['controls'] as const,
  engineServers: ['engine-servers'] as const,
  engineDefaults: ['engine-defaults'] as const,
  workers: ['workers'] as const,
  engineMeasurements: ['engine-measurements'] as const,
  negative: (jobType: string) => ['negative', jobType] as const,
  workspace: ['workspace'] as const,
  workspaceAsset: (id: string) => ['workspace', 'asset', id] as const,
  job: (id: string) => ['job', id] as const,
  /** Prefix of all lists of jobs. */
  jobs: ['jobs'] as const,
  workspaceJobs: ['jobs', 'workspace'] as const,
  queuedJobs: ['jobs', 'queued'] as const,
  runningJobs: ['jobs', 'running'] as const,
  recentJobs: ['jobs', 'recent'] as const,
  progress: (jobId: string) => ['progress', jobId] as const,
  /** Prefix of all lists and items of the library. */
  library: ['library'] as const,
  libraryList: (filter: LibraryFilter) => ['library', 'list', filter] as const,
  libraryAsset: (id: string) => ['library', 'asset', id] as const,
  permissions: ['permissions'] as const,
  access: ['access'] as const,
  /** Prefix of all lists of people and of everything about one of them. */
  people: ['people'] as const,
  peopleList: (filter: object) => ['people', 'list', filter] as const,
  /** Prefix of everything about one person. */
  person: (id: string) => ['people', 'one', id] as const,
  personSessions: (id: string) => ['people', 'one', id, 'sessions'] as const,
  personApiKeys: (id: string) => ['people', 'one', id, 'api-keys'] as const,
  personUsage: (id: string) => ['people', 'one', id, 'usage'] as const,
  /** Prefix of all lists of everybody's credits. */
  studioLedger: ['studio-ledger'] as const,
  studioLedgerList: (filter: object) => ['studio-ledger', filter] as const,
  /** Prefix of all lists of everybody's activity. */
  studioTrail: ['studio-trail'] as const,
  studioTrailList: (filter: object) => ['studio-trail', filter] as const,
  health: ['health'] as const,
  modelConfigs: ['model-configs'] as const,
  promptCache: ['prompt-cache'] as const,
  /** Prefix of all lists of templates and of everything about one of them. */
  templates: ['templates'] as const,
  templatesList: (filter: object) => ['templates', 'list', filter] as const,
  /** Prefix of everything about one template. */
  template: (id: string) => ['templates', 'one', id] as const,
  templateVersions: (id: string) => ['templates', 'one', id, 'versions'] as const,
  templateDiff: (id: string, from: number, to: number) =>
    ['templates', 'one', id, 'diff', from, to] as const,
  templateCheck: (body: object) => ['template-check', body] as const,
  simulation: (request: object) => ['templates', 'simulation', request] as const,
  coverage: ['templates', 'coverage'] as const,
  useCases: ['use-cases'] as const,
  negatives: ['negatives'] as const,
  presets: ['presets'] as const,
  /** Prefix of all lists of weight sets. */
  weightSets: ['weight-sets'] as const,
  weightSetList: (filter: object) => ['weight-sets', filter] as const,
  /** Prefix of everything in the person's prompt book. */
  book: ['book'] as const,
  bookHistory: (filter: object) => ['book', 'history', filter] as const,
  bookLists: ['book', 'lists'] as const,
  bookSnippets: ['book', 'snippets'] as const,
  expansion: (request: object) => ['book', 'expansion', request] as const,
  translation: (request: object) => ['translation', request] as const,
}
