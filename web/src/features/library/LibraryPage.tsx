export default function LibraryPage() {
  return <main>Library</main>
}
