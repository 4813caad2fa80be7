import { Button } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSignOut } from '@/app/useSignOut'
import { EmptyState } from '@/ui/States'

/** What somebody sees here who may make nothing: what a guest may do, and how to do more. */
export function GuestPage() {
  const signOut = useSignOut()
  return (
    <EmptyState
      icon={IconEye}
      title="This is where pictures and films are made"
      actions={
        <>
          <Button onClick={() => void signOut()}>Sign in with an account</Button>
          <Button variant="default" component={Link} to="/account/engines">
            See what it makes them with
          </Button>
        </>
      }
    >
      As a guest you look around: at the engines, the kinds of jobs with their prices, and the
      settings of this page. Writing prompts, making and keeping need an account of your own.
      Whoever runs this studio makes one for you and sends you a link that signs you in.
    </EmptyState>
  )
}
