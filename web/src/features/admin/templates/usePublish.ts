import { useMutation, useQueryClient } from '@tanstack/react-query'
import { sdk, type TemplateDetailOut } from '@/api'
import { showToast } from '@/ui/toastStore'
import { templatesChanged } from './queries'

/** Puts a version of a template in use. */
export function usePublish(template: TemplateDetailOut) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ number, replace }: { number: number; replace?: boolean }) =>
      sdk.publishTemplateVersion({
        path: { template_id: template.id, number },
        body: { replace: replace ?? false },
      }),
    onSuccess: async (published) => {
      showToast({
        text: `Version ${published.version ?? 1} is in use, everywhere and at once`,
        tone: 'success',
      })
      await templatesChanged(client)
    },
  })
}
