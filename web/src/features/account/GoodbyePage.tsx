import { Button } from '@mantine/core'
import { IconDoor } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { EmptyState } from '@/ui/States'

/** Shown once an account was deleted. */
export default function GoodbyePage() {
  return (
    <main>
      <title>Goodbye · Fabula</title>
      <EmptyState
        icon={IconDoor}
        title="Your account is deleted"
        actions={
          <Button component={Link} to="/sign-in" variant="default">
            Sign in with another
          </Button>
        }
      >
        Everything that was yours is gone from this studio, and you are signed out.
      </EmptyState>
    </main>
  )
}
