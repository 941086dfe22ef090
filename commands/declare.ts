import type { Command } from 'commander'
import type { Context } from '../src/context.ts'

/** Adds verbs to a noun. */
export type Declare = (noun: Command, context: Context) => void
