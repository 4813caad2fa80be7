/** What the studio answers when something cannot be done, or that it did not answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** A stable code for programs, such as `not_signed_in`; `offline` when no answer came. */
  readonly code: string
  /** The part of the request that is wrong, as a path with dots. */
  readonly field: string | null

  constructor(status: number, code: string, detail: string, field: string | null = null) {
    super(detail)
    this.status = status
    this.code = code
    this.field = field
  }
}

interface ErrorBody {
  error: string
  detail: string
  field?: string | null
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'error' in value && 'detail' in value
}

/** The error of an answer; an answer that is not ours (a proxy's page) gets a sentence of its own. */
export function apiError(body: unknown, response: Response | undefined): ApiError {
  if (!response) {
    return new ApiError(
      0,
      'offline',
      'The studio does not answer. Nothing was changed: check the connection and try again.',
    )
  }
  if (isErrorBody(body)) {
    return new ApiError(response.status, body.error, body.detail, body.field ?? null)
  }
  return new ApiError(
    response.status,
    'unexpected',
    `The studio answered with ${response.status} and no reason. Try again in a moment.`,
  )
}

/** A sentence for people about whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message
  return 'Something went wrong in the page. Nothing was lost: reload it and try again.'
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403
}

export function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0
}
