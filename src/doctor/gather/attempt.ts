import { DbtoolError } from '../../errors.ts'
import { known, unknown, type Fact } from '../facts.ts'

/** What was asked for, or why nobody answered; a fault of ours stays one. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await ask())
  } catch (error) {
    if (error instanceof DbtoolError) return unknown(error.message)
    throw error
  }
}
