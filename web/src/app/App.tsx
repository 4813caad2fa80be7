import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { listenToKeys } from '@/keys/dispatch'
import { cssVariables, theme, themeChoice } from '@/ui/theme'
import { Toasts } from '@/ui/Toasts'
import { createQueryClient } from './queryClient'
import { createStudioRouter } from './router'

export function App() {
  const [{ client, router }] = useState(() => {
    const client = createQueryClient(() => void router.invalidate())
    const router = createStudioRouter(client)
    return { client, router }
  })
  useEffect(listenToKeys, [])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={themeChoice}
      defaultColorScheme="dark"
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  )
}
