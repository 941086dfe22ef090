import { allFaults, DbtoolError } from '../errors.ts'

/** A fault of the configuration. The sentence is complete without the fix. */
export interface ConfigFault {
  readonly sentence: string
  readonly fix: string
}

const correctHint = 'correct it where it is set, or override it with a flag; see: dbtool help connecting'

/** The fault of an invalid value. */
export function wrongValue(sentence: string): ConfigFault {
  return { sentence, fix: correctHint }
}

/** One BAD_CONFIG error with all faults. If there are several, each sentence includes its own fix. */
export function configError(faults: readonly ConfigFault[]): DbtoolError {
  const [first] = faults
  const sentences = faults.map(({ sentence, fix }) =>
    faults.length === 1 || fix === correctHint ? sentence : `${sentence}; ${fix}`,
  )
  return allFaults(
    'BAD_CONFIG',
    'the configuration is invalid',
    sentences,
    faults.length === 1 ? first?.fix : correctHint,
  )
}
