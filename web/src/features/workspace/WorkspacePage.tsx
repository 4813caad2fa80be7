export function WorkspacePage() {
  return <main>Workspace</main>
}
