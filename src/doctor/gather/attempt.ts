import { DbtoolError } from '../../errors.ts'
import { known, unknown, type Fact } from '../facts.ts'

/** The result of `ask`, or its error as a reason. Rejects only with errors other than DbtoolError, which are bugs. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await ask())
  } catch (error) {
    if (error instanceof DbtoolError) return unknown(error.message)
    throw error
  }
}
