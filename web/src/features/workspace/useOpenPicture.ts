import { useNavigate } from '@tanstack/react-router'

/** Opens a picture by putting it into the address; going back closes it. */
export function useOpenPicture(): (id: string) => void {
  const navigate = useNavigate({ from: '/workspace' })
  return (id) =>
    void navigate({
      to: '/workspace',
      search: ({ session }) => ({ session, view: id }),
      state: { opened: true },
      resetScroll: false,
    })
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The viewer was opened from the page beneath, so that going back closes it. */
    opened?: boolean
  }
}
