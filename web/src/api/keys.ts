/** Every key of the query cache, so that the event table and the features agree. */
export const keys = {
  me: ['me'] as const,
  apiKeys: ['me', 'api-keys'] as const,
  jobTypes: ['job-types'] as const,
  engines: ['engines'] as const,
  engineServers: ['engine-servers'] as const,
  engineDefaults: ['engine-defaults'] as const,
  negative: (jobType: string) => ['negative', jobType] as const,
  workspace: ['workspace'] as const,
  workspaceAsset: (id: string) => ['workspace', 'asset', id] as const,
  /** Prefix of all lists of jobs. */
  jobs: ['jobs'] as const,
  workspaceJobs: ['jobs', 'workspace'] as const,
  queuedJobs: ['jobs', 'queued'] as const,
  runningJobs: ['jobs', 'running'] as const,
  recentJobs: ['jobs', 'recent'] as const,
  progress: (jobId: string) => ['progress', jobId] as const,
  /** Prefix of all lists and items of the library. */
  library: ['library'] as const,
  libraryList: (filter: { q: string; favorite: boolean }) => ['library', 'list', filter] as const,
  libraryAsset: (id: string) => ['library', 'asset', id] as const,
}
