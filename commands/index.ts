import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import { version } from '../src/version.ts'
import { DbtoolCommand, type Verbs } from './kit/command.ts'
import { declareGlobals, inheritGlobals } from './kit/globals.ts'
import { configureHelp } from './kit/help.ts'

/**
 * A noun with the names of its verbs; or, without any, a verb of its own. What declares them is loaded only where it is
 * typed.
 */
type Entry = readonly [about: string, verbs: string, load: () => Promise<{ verbs: Verbs }>]

/** The whole tool on one page. */
const contents: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'The shop:': {
    users: [
      'people who buy',
      'create get list update delete purge authenticate set-password import export',
      () => import('./users/index.ts'),
    ],
    addresses: [
      'where people are billed and shipped to',
      'add list update remove',
      () => import('./addresses/index.ts'),
    ],
    products: [
      'what is sold, its price and stock',
      'create get list update restock delete import export',
      () => import('./products/index.ts'),
    ],
    orders: [
      'place, read and move orders; each change is one transaction',
      'place get list confirm ship deliver cancel import export',
      () => import('./orders/index.ts'),
    ],
    report: [
      'questions about sales',
      'top-products orders-per-user recent-customers customer-categories big-spenders revenue low-stock eager-loading',
      () => import('./report/index.ts'),
    ],
    logs: ['who changed what, and when', 'list', () => import('./logs/index.ts')],
  },
  'The database:': {
    connection: ['is it there, and what is it like', 'test', () => import('./connection/index.ts')],
    db: ['schema and soundness', 'migrate rollback status seed reset check grants', () => import('./db/index.ts')],
    pool: ['load on connection pools', 'stress tune compare status', () => import('./pool/index.ts')],
    bench: ['drivers against each other', 'drivers', () => import('./bench/index.ts')],
    server: ['a private MariaDB of your own', 'start stop status reset', () => import('./server/index.ts')],
  },
  'This tool:': {
    config: ['where each setting comes from', 'show profiles', () => import('./config/index.ts')],
    demo: ['The whole story on a private server, in one command', '', () => import('./demo.ts')],
    completion: [
      'Print the script that makes your shell complete dbtool at TAB',
      '',
      () => import('./completion/index.ts'),
    ],
    help: ['This page, that of a command, or one about a topic', '', () => import('./help/index.ts')],
    doctor: ['Find what is wrong between here and the shop, and how to mend it', '', () => import('./doctor.ts')],
  },
}

const startHere = 'Start: dbtool demo. More: dbtool help connecting|formats|environment|exit-codes'

/**
 * The program with the flags of what may be meant by `argv`: of every noun that is a word of it, and of its verbs that
 * are. Undefined: of all.
 */
export async function createProgram(context: Context, argv?: readonly string[]): Promise<Command> {
  const program = new DbtoolCommand('dbtool').description(
    'A shop on MariaDB, and a laboratory for its connection pool.',
  )
  // Before any subcommand: they inherit these. A flag after the verb belongs to the verb.
  program.exitOverride().enablePositionalOptions()
  configureHelp(program, context.io)
  program.version(version(), '-V, --version', 'show the version')
  program.helpOption('-h, --help', 'show help, with examples')
  program.addHelpText('after', startHere)
  for (const [group, entries] of Object.entries(contents)) {
    program.commandsGroup(group)
    for (const [name, entry] of Object.entries(entries)) {
      if (argv === undefined || argv.includes(name)) await declare(program, [name, entry], context, argv)
      else announce(program, name, entry)
    }
  }
  program.helpCommand(false)
  declareGlobals(program)
  return program
}

async function declare(
  program: Command,
  [name, [about, names, load]]: readonly [string, Entry],
  context: Context,
  argv?: readonly string[],
): Promise<void> {
  const { verbs } = await load()
  const parent = names === '' ? program : program.command(name).description(about).helpCommand(false)
  const isMeant = meantBy(argv, Object.keys(verbs).flatMap(words))
  for (const [all, verb] of Object.entries(verbs)) {
    if (words(all).some(isMeant)) verb(parent, context)
    else for (const one of words(all)) parent.command(one)
  }
  const noun = program.commands.find((one) => one.name() === name)
  if (noun !== undefined) inheritGlobals(noun, argv)
}

/** Help shows every verb, and whoever names none may mean any. */
function meantBy(argv: readonly string[] | undefined, verbs: readonly string[]): (verb: string) => boolean {
  if (
    argv === undefined ||
    argv.some((word) => word === '--help' || word === '-h') ||
    !argv.some((word) => verbs.includes(word))
  )
    return () => true
  return (verb) => argv.includes(verb)
}

/** For the table of contents, and for whoever mistyped. */
function announce(program: Command, name: string, [about, names]: Entry): void {
  const noun = program.command(name).description(about)
  for (const verb of words(names)) noun.command(verb)
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
