import { allFaults, DbtoolError } from '../errors.ts'

/** One thing that is wrong with the configuration; the sentence reads on its own. */
export interface ConfigFault {
  readonly sentence: string
  readonly fix: string
}

export const correctHint = 'correct it where it is set, or override it with a flag; see: dbtool help connecting'

/** A value that breaks its rule. */
export function wrongValue(sentence: string): ConfigFault {
  return { sentence, fix: correctHint }
}

/** One error for all of them; among others, each brings its own way out. */
export function refusal(faults: readonly ConfigFault[]): DbtoolError {
  const [first] = faults
  const sentences = faults.map(({ sentence, fix }) =>
    faults.length === 1 || fix === correctHint ? sentence : `${sentence}; ${fix}`,
  )
  return allFaults(
    'BAD_CONFIG',
    'the configuration is wrong',
    sentences,
    faults.length === 1 ? first?.fix : correctHint,
  )
}
