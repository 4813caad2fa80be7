// An OpenID provider on a free port of this machine, for the tests of signing in. It prints its
// address when it is ready, and takes orders as JSON at /control, one field for each:
//   clients: the clients it knows, in the words of OpenID Connect Dynamic Client Registration
//   people: claims by login; whoever is not among them cannot sign in
//   rotate: true for a new signing key in place of the old one
//   idTokenClaims: false to tell claims at userinfo alone
import { createServer } from 'node:http'
import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { Provider } from 'oidc-provider'

const newPair = promisify(generateKeyPair)
const state = { clients: [], people: {}, idTokenClaims: true, key: await newKey() }
let issuer, provider

async function newKey() {
  const { privateKey } = await newPair('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }
}

function rebuild() {
  provider = new Provider(issuer, {
    clients: state.clients,
    jwks: { keys: [state.key] },
    cookies: { keys: ['of the tests'] },
    conformIdTokenClaims: !state.idTokenClaims,
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'groups', 'realm_access'],
      email: ['email', 'email_verified'],
    },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) =>
      state.people[sub] && {
        accountId: sub,
        claims: () => ({ sub, ...state.people[sub] }),
      },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
}

async function bodyOf(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

async function control(request, response) {
  const { rotate, ...changes } = JSON.parse(await bodyOf(request))
  Object.assign(state, changes)
  if (rotate) state.key = await newKey()
  rebuild()
  response.writeHead(204).end()
}

async function interact(request, response) {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
      `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><form method="post">
       <label>Login <input name="login"></label><button>Continue</button>
       <button name="deny" value="yes">Deny</button></form></html>`,
    )
    return
  }
  const form = new URLSearchParams(await bodyOf(request))
  const result = form.has('deny')
    ? { error: 'access_denied', error_description: 'The person said no.' }
    : { login: { accountId: form.get('login') } }
  await provider.interactionFinished(request, response, result)
}

const server = createServer((request, response) => {
  const work =
    request.url === '/control'
      ? control(request, response)
      : request.url.startsWith('/interaction/')
        ? interact(request, response)
        : provider.callback()(request, response)
  Promise.resolve(work).catch((error) => {
    console.error(error)
    response.writeHead(500).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`
  rebuild()
  console.log(issuer)
})
