import type { ErrorCode } from '../../errors.ts'
import type { Target } from '../target.ts'

/** An error of the connector. */
export interface DriverError {
  /**
   * The number of the server or of the connector (45xxx). Zero for an error of Node: numbers of the operating system
   * are also those of errors of the server.
   */
  readonly errno: number
  /** The code of Node, such as ECONNRESET. */
  readonly code: string
  readonly sqlState?: string | undefined
  /** One line. */
  readonly text: string
  /** True if the error occurred during session set-up. */
  readonly inSession: boolean
}

/** The translation of an error: code, message and hint. */
export interface Translation {
  readonly code: ErrorCode
  readonly message: (error: DriverError, target: Target) => string
  readonly hint: (target: Target, error: DriverError) => string
  /** The hint for a program that calls the library, if the other one names flags, variables or commands. */
  readonly hintInCode?: (target: Target, error: DriverError) => string | null | undefined
}

/** The text of the server or the connector, without its full stop. */
export const serverText = ({ text }: DriverError): string => text.replace(/\.$/, '')
