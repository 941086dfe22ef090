import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'

/** Adds a verb to a noun, or several that are alike. */
export type Declare = (noun: Command, context: Context) => void

/** What declares the verbs of a noun, each by the names of those that it adds. */
export type Verbs = Readonly<Record<string, Declare>>
