/** What stands in the address of the workspace behind the `?`. */
export interface WorkspaceSearch {
  /** The picture that is open in the viewer. */
  view?: string
  /** `all` shows what every session made; without it, what the active one did. */
  session?: 'all'
}

export function checkWorkspaceSearch(raw: Record<string, unknown>): WorkspaceSearch {
  return {
    ...(typeof raw.view === 'string' && raw.view ? { view: raw.view } : {}),
    ...(raw.session === 'all' ? { session: 'all' } : {}),
  }
}
