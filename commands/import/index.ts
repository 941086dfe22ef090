import type { Verbs } from '../kit/command.ts'
import { importGuess } from './guess.ts'

export const verbs: Verbs = { guess: importGuess }
