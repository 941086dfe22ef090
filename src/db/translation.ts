import type { ErrorCode } from '../errors.ts'
import type { Target } from './target.ts'

/**
 * What the connector says of an error: the server's number (or the connector's, 45xxx; or none), Node's code, one line
 * of text.
 */
export interface DriverError {
  readonly errno: number
  readonly code: string
  readonly text: string
  /** While the session was being set up. */
  readonly inSession: boolean
}

/** What we make of it: our code, a message that names the thing, and a next step. */
export interface Translation {
  readonly code: ErrorCode
  readonly message: (error: DriverError, target: Target) => string
  readonly hint: (target: Target, error: DriverError) => string
}

/** The text of the server or the connector, without its full stop. */
export const says = ({ text }: DriverError): string => text.replace(/\.$/, '')
