import { Command, type ErrorOptions, type HelpContext, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import type { View } from '../../src/output/view.ts'
import { chainOf, pathOf } from './flags.ts'
import { meantCommand } from './meant-command.ts'

/** A command whose mistakes are errors of ours, each with the help that explains it. */
export class DbtoolCommand extends Command {
  /** What the verb will show with these options. Undefined: it has not said so. */
  view: ((options: unknown) => View) | undefined

  override createCommand(name?: string): DbtoolCommand {
    return new DbtoolCommand(name)
  }

  /** Called for whatever commander cannot read. */
  override error(message: string, { code }: ErrorOptions = {}): never {
    const [, text = message] = /^(?:error: )?(.*?)(?:\n\(Did you mean .*\?\))?$/s.exec(message) ?? []
    const see = `see: dbtool ${`${pathOf(this)} --help`.trim()}`
    const what =
      code === 'commander.excessArguments'
        ? this.excess()
        : text.replace(/^option '(.*)' argument missing$/, '$1 needs a value')
    throw new DbtoolError('USAGE', what, { hint: [...this.meant(code, /'(.*)'/.exec(text)?.[1] ?? ''), see].join(' ') })
  }

  /**
   * Called when a verb is missing. `dbtool` alone shows what there is; a noun alone is a mistake, and its help the way
   * out.
   */
  override help(context?: HelpContext | ((text: string) => string)): never {
    if (this.parent === null || typeof context !== 'object') return super.help()
    if (this.optsWithGlobals()['json'] !== true) this.outputHelp(context)
    const verbs = this.commands.map((verb) => verb.name()).join(', ')
    throw new DbtoolError('USAGE', `${pathOf(this)} needs a verb: ${verbs}`)
  }

  private meant(code: string | undefined, word: string): string[] {
    if (code === 'commander.unknownCommand') return meantCommand(this, word)
    if (code !== 'commander.unknownOption') return []
    const near = nearest(
      word,
      chainOf(this).flatMap(({ options }) => options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])))),
    )
    return near === undefined ? [] : [`did you mean ${near}?`]
  }

  private excess(): string {
    const extra = this.args.slice(this.registeredArguments.length).map((argument) => `'${argument}'`)
    return `too many arguments for ${pathOf(this)}: ${extra.join(', ')}`
  }
}

/** Adds a verb to a noun, or several that are alike. */
export type Declare = (noun: Command, context: Context) => void

/** What declares the verbs of a noun, each by the names of those that it adds. */
export type Verbs = Readonly<Record<string, Declare>>

/** Marks the flags that every command takes, to tell `--user` of the connection from the `--user` of an order. */
export class GlobalOption extends Option {}

export function option(flags: string, description: string, parse?: (text: string) => unknown): GlobalOption {
  const made = new GlobalOption(flags, description)
  return parse === undefined ? made : made.argParser(parse)
}

/**
 * Declares what a verb will show, where its flags decide by what they are: so that a field which is not there is found
 * before it runs.
 */
export function withView<O>(command: Command, view: View | ((options: O) => View)): Command {
  if (command instanceof DbtoolCommand)
    command.view = typeof view === 'function' ? (view as (options: unknown) => View) : () => view
  return command
}
