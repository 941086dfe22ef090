import { hasAny } from '../../files/columns.ts'
import { presets } from './presets/index.ts'
import { type PresetFile, type PresetNoun, presetNouns } from './presets/preset.ts'

/** A preset that fits the columns of a file. */
export interface Guess {
  readonly preset: string
  readonly noun: PresetNoun
  readonly file: PresetFile
  /** The columns of the preset that the file has. */
  readonly found: number
}

/** The presets whose signature the file has, the one with the most columns of the file first. */
export function guesses(names: readonly string[], nouns: readonly PresetNoun[] = presetNouns): Guess[] {
  const has = (column: string): boolean => hasAny([column], names)
  return presets
    .flatMap(({ name, files }) =>
      nouns.flatMap((noun): Guess[] => {
        const file = files[noun]
        if (file === undefined || !file.signature.every((column) => [column].flat().some(has))) return []
        const found = Object.values(file.columns ?? {}).filter((columns) => columns.some(has)).length
        return [{ preset: name, noun, file, found }]
      }),
    )
    .sort((one, other) => other.found - one.found)
}
