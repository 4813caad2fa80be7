/** What stands in the address of the workspace behind the `?`. */
export interface WorkspaceSearch {
  /** The picture that is open in the viewer. */
  view?: string
}

export function checkWorkspaceSearch(raw: Record<string, unknown>): WorkspaceSearch {
  return typeof raw.view === 'string' && raw.view ? { view: raw.view } : {}
}
