import { setupServer } from 'msw/node'

/** A studio that answers what a test tells it to; anything else is an error of the test. */
export const server = setupServer()
