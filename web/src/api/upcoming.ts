import { client } from './generated/client.gen'

/** A way to sign in that another service offers. */
export interface ProviderOut {
  id: string
  label: string
}

/** How one can sign in to this studio. */
export interface SignInMethodsOut {
  password: boolean
  guests: boolean
  providers: ProviderOut[]
}

/** An identity at a provider that signs in to the account. */
export interface IdentityOut {
  id: string
  /** Null where the studio does not know the provider any more. */
  provider: ProviderOut | null
  email: string | null
  created_at: string
  last_used_at: string
}

/** What proves that the person means it. */
export interface DeleteAccountIn {
  username: string
  password?: string
  code?: string
}

/** The address of the ZIP of everything that an account has. */
export const EXPORT_URL = '/api/me/export'

export async function signInMethods(): Promise<SignInMethodsOut> {
  const { data } = await client.get({ url: '/api/auth/methods', throwOnError: true })
  return data as SignInMethodsOut
}

export async function listIdentities(): Promise<IdentityOut[]> {
  const { data } = await client.get({ url: '/api/me/identities', throwOnError: true })
  return (data as { items: IdentityOut[] }).items
}

/** Begins to link an identity: the address of the provider to go to. */
export async function beginIdentity(provider: string): Promise<string> {
  const { data } = await client.post({
    url: '/api/me/identities/{provider}',
    path: { provider },
    throwOnError: true,
  })
  return (data as { url: string }).url
}

export async function removeIdentity(id: string): Promise<void> {
  await client.delete({
    url: '/api/me/identities/{identity_id}',
    path: { identity_id: id },
    throwOnError: true,
  })
}

export async function deleteAccount(body: DeleteAccountIn): Promise<void> {
  await client.post({
    url: '/api/me/delete',
    body,
    headers: { 'Content-Type': 'application/json' },
    throwOnError: true,
  })
}
