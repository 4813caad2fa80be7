import { useNavigate } from '@tanstack/react-router'
import { panels } from '@/app/panels'
import { getDraft, patchDraft } from '@/features/workspace/draft'
import { insertIntoPrompt, promptIsHere } from '@/features/workspace/promptFocus'
import { showToast } from '@/ui/toastStore'

/** Takes things from the book to the prompt, which is in the workspace. */
export function usePrompt() {
  const navigate = useNavigate()
  const show = () => {
    panels.close()
    if (!promptIsHere()) void navigate({ to: '/workspace' })
  }
  return {
    /** Makes a text the prompt; what was written before can be had back. */
    replace: (prompt: string, negative = '') => {
      const { prompt: before, negative: negativeBefore, improved } = getDraft()
      patchDraft({ prompt, negative, improved: null })
      show()
      if (!before.trim() || before === prompt) return
      showToast({
        id: 'prompt-replaced',
        text: 'Your prompt was replaced',
        lasts: 6000,
        action: {
          label: 'Undo',
          run: () => patchDraft({ prompt: before, negative: negativeBefore, improved }),
        },
      })
    },
    /** Puts a piece where the caret stands. */
    insert: (piece: string) => {
      show()
      insertIntoPrompt(piece)
    },
  }
}
