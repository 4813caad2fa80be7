export default function SettingsPage() {
  return <main>Settings</main>
}
