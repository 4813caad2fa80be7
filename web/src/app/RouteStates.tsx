import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { sentenceOf } from '@/api'
import { EmptyState, ErrorState } from '@/ui/States'

/** An address of the page behind which there is nothing. */
export function NotFoundPage() {
  return (
    <main>
      <EmptyState
        icon={IconMapQuestion}
        title="There is no page at this address"
        actions={
          <Button component={Link} to="/workspace" variant="default">
            Go to the workspace
          </Button>
        }
      >
        The address may be mistyped, or what was here is gone.
      </EmptyState>
    </main>
  )
}

export function RouteError({ error }: { error: unknown }) {
  const router = useRouter()
  return (
    <main>
      <ErrorState
        title="This page could not be shown"
        reason={sentenceOf(error)}
        onRetry={() => void router.invalidate()}
      />
    </main>
  )
}
