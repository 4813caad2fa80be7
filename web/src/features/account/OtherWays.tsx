import { Button } from '@mantine/core'
import { IconEye, IconLogin2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { sdk, sentenceOf, type MeOut, type MethodsOut } from '@/api'
import { providerStart } from './returning'
import classes from './SignInPage.module.css'

/** A button for each provider, and one for guests where the studio lets them in. `first` is whether
 * no other way stands before them. */
export function OtherWays({
  methods,
  first,
  onEnter,
}: {
  methods: MethodsOut
  first: boolean
  onEnter: (me: MeOut) => void
}) {
  const { next } = useSearch({ from: '/sign-in' })
  return (
    <div className={classes.ways}>
      {methods.providers.map((provider, index) => (
        <Button
          key={provider.id}
          component="a"
          href={providerStart(provider.id, next)}
          variant={first && index === 0 ? 'filled' : 'default'}
          size="md"
          leftSection={<IconLogin2 size={18} stroke={1.7} aria-hidden />}
        >
          Sign in with {provider.label}
        </Button>
      ))}
      {methods.guests ? <GuestButton onEnter={onEnter} /> : null}
    </div>
  )
}

function GuestButton({ onEnter }: { onEnter: (me: MeOut) => void }) {
  const enter = useMutation({
    meta: { signsIn: true },
    mutationFn: () => sdk.enterAsGuest(),
    onSuccess: onEnter,
  })
  return (
    <>
      <Button
        variant="subtle"
        size="md"
        leftSection={<IconEye size={18} stroke={1.7} aria-hidden />}
        loading={enter.isPending}
        onClick={() => enter.mutate()}
      >
        Look around as a guest
      </Button>
      {enter.isError ? (
        <p className={classes.error} role="alert">
          {sentenceOf(enter.error)}
        </p>
      ) : null}
    </>
  )
}
