import type { Command, Option } from 'commander'
import { promptsAt } from '../src/context/asking.ts'
import type { Io } from '../src/context/context.ts'
import { DbtoolError, exitCodes, InvalidValue } from '../src/errors.ts'
import { mayAsk } from '../src/prompts/ask.ts'
import type { Choice, Conversation } from '../src/prompts/conversation.ts'
import { quotedForShell } from '../src/values.ts'
import { DbtoolCommand, GlobalOption } from './kit/command.ts'
import { Fault, pathOf } from './kit/flags.ts'

export interface Menu {
  /** With all verbs. */
  readonly program: Command
  readonly io: Io
  /** Flags to put before each noun. */
  readonly flags: readonly string[]
  readonly run: (argv: readonly string[]) => Promise<number>
}

/**
 * Offers nouns, verbs and flags, shows the resulting command line and runs it, until the user quits. Resolves to the
 * last exit code.
 */
export async function runMenu(menu: Menu): Promise<number> {
  try {
    return await offerCommands(menu)
  } catch (error) {
    // Not an error: at a question of the menu, Ctrl-C is a way out.
    if (error instanceof DbtoolError && error.code === 'INTERRUPTED') return exitCodes.INTERRUPTED
    throw error
  }
}

async function offerCommands({ program, io, flags, run }: Menu): Promise<number> {
  let exitCode = 0
  while (!io.signal.aborted) {
    const prompts = promptsAt(io)
    const command = await chooseVerb(prompts, program)
    if (command === null) return exitCode
    const argv = [...flags, ...(await lineOf(prompts, command))]
    io.stderr.write(`$ dbtool ${argv.map(quotedForShell).join(' ')}\n`)
    exitCode = await run(argv)
    // Leaving a question leaves the menu, too.
    if (exitCode === exitCodes.INTERRUPTED) return exitCode
    io.stderr.write('\n')
    if (!(await wantsMore(promptsAt(io)))) return exitCode
  }
  return exitCode
}

/** A short question: the list of all commands would push the result out of the screen. */
const wantsMore = (prompts: Conversation): Promise<boolean> =>
  prompts.choose({
    message: 'What next?',
    choices: [
      { name: 'another command', value: true },
      { name: 'quit', value: false },
    ],
  })

/** Resolves to null when the user quits. */
async function chooseVerb(prompts: Conversation, program: Command): Promise<Command | null> {
  for (;;) {
    const noun = await prompts.choose<Command | null>({
      message: 'Which command?',
      choices: [...choicesOf(program.commands), { name: 'quit', value: null }],
    })
    if (noun === null || noun.commands.length === 0) return noun
    const verb = await prompts.choose<Command | null>({
      message: `Which ${noun.name()} command?`,
      choices: [...choicesOf(noun.commands), { name: 'back', value: null }],
    })
    if (verb !== null) return verb
  }
}

/** Puts the first letter in lower case, as in the descriptions of nouns. */
const asNote = (text: string): string => text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())

function choicesOf(commands: readonly Command[]): Choice<Command>[] {
  const width = Math.max(...commands.map((command) => command.name().length))
  return commands.map((command) => ({
    name: `${command.name().padEnd(width)}  ${asNote(command.description())}`,
    value: command,
    short: command.name(),
  }))
}

/** The menu does not offer these flags, because the verb asks the user instead. */
const forScripts = ['--yes', '--password-stdin']

function offeredBy(command: Command): Option[] {
  if (command instanceof DbtoolCommand && command.isConversation) return []
  return command.options.filter(
    (option) => !(option instanceof GlobalOption) && !option.hidden && !forScripts.includes(flagOf(option)),
  )
}

/**
 * The words of a command line. The menu offers the optional flags; the verb itself asks for the required values.
 */
async function lineOf(prompts: Conversation, command: Command): Promise<string[]> {
  const offered = offeredBy(command)
  const chosen =
    offered.length === 0
      ? []
      : await prompts.several<Option>({
          message: 'Which options?',
          choices: offered.map((option) => ({
            name: option.flags,
            value: option,
            short: flagOf(option),
            description: option.description,
          })),
        })
  const words = pathOf(command).split(' ')
  for (const option of chosen)
    words.push(flagOf(option), ...(option.required || option.optional ? [await valueFor(prompts, option)] : []))
  return words
}

const flagOf = ({ long, flags }: Option): string => long ?? flags

/** Asks for the value of a flag, and checks it with the parser of that flag. */
function valueFor(prompts: Conversation, option: Option): Promise<string> {
  return prompts.text({
    message: `${flagOf(option)} (${option.description})`,
    parse: (text) => {
      const parse = option.parseArg as ((text: string, before: unknown) => unknown) | undefined
      const [fault] = [parse?.(text, undefined)].flat()
      if (fault instanceof Fault) throw new InvalidValue(fault.message)
      return text
    },
  })
}

/** Whether the menu opens: at a terminal, for a command line of nothing but global flags. */
export function wantsMenu(program: Command, argv: readonly string[], io: Io): boolean {
  const refused = argv.some((word) => ['--no-input', '--json', '-h', '--help', '-V', '--version'].includes(word))
  const named = argv.some((word) => program.commands.some((command) => command.name() === word))
  // A menu moves the cursor.
  if (named || refused || io.env['TERM'] === 'dumb' || !mayAsk(io, io.env, false)) return false
  const { operands, unknown } = program.parseOptions([...argv])
  return operands.length === 0 && unknown.length === 0
}
