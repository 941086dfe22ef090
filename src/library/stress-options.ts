import type { Pool } from '../db/pool/pool.ts'
import { DbtoolError, InvalidValue } from '../errors.ts'
import { type Read, readNumber, UntypedReader } from '../shop/untyped.ts'
import { parseWhole } from '../values.ts'
import { readSignal } from './place.ts'
import { notOpened, openedFor } from './opened.ts'

const names = ['workers', 'iterations', 'durationMs', 'warmupMs', 'work', 'signal'] as const

/**
 * Checks the arguments of `stress`. A wrong name would otherwise be ignored, and no worker at all would be a success.
 * @throws DbtoolError BAD_INPUT with all faults.
 */
export function checkStress(pool: Pool, options: unknown): void {
  const reader = new UntypedReader()
  if (openedFor(pool) === undefined) reader.add(notOpened)
  const given = reader.object('the options', options, names)
  reader.optional('workers', given.workers, readNumber(parseWhole(1, 100_000)))
  reader.optional('iterations', given.iterations, readNumber(parseWhole(1, 1_000_000_000)))
  reader.optional(
    'durationMs',
    given.durationMs,
    readMs((ms) => ms > 0, 'above 0'),
  )
  reader.optional(
    'warmupMs',
    given.warmupMs,
    readMs((ms) => ms >= 0, 'at least 0'),
  )
  reader.optional('work', given.work, readWork)
  reader.optional('signal', given.signal, readSignal)
  if (given.iterations !== undefined && given.durationMs !== undefined)
    reader.add('iterations and durationMs exclude each other')
  if (reader.faults.length > 0)
    throw new DbtoolError('BAD_INPUT', `stress: ${reader.faults.join('; ')}`, { faults: reader.faults })
}

const readMs =
  (isValid: (ms: number) => boolean, rule: string): Read<number> =>
  (value) => {
    if (typeof value === 'number' && isValid(value)) return value
    throw new InvalidValue(`must be a number of milliseconds ${rule}`)
  }

function readWork(value: unknown): unknown {
  if (typeof value === 'function' || (typeof value === 'string' && value.trim() !== '')) return value
  throw new InvalidValue('must be a statement or a function')
}
