import { expect, it } from 'vitest'
import { linkToken, safeReturn } from './returning'

it.each([
  ['#token=abc_D-1', 'abc_D-1'],
  ['#other=1', null],
  ['', null],
])('the token of %j', (hash, token) => expect(linkToken(hash)).toBe(token))

it.each([
  ['/library?q=fox', '/library?q=fox'],
  [undefined, '/workspace'],
  ['https://elsewhere.example/', '/workspace'],
  ['//elsewhere.example', '/workspace'],
  ['/\\elsewhere.example', '/workspace'],
  ['/sign-in?next=/sign-in', '/workspace'],
])('after signing in, %j leads to %s', (next, to) => expect(safeReturn(next)).toBe(to))
