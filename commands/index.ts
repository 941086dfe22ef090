import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import { version } from '../src/version.ts'
import { DbtoolCommand, type Verbs } from './kit/command.ts'
import { declareGlobals, inheritGlobals } from './kit/globals.ts'
import { configureHelp } from './kit/help.ts'

/**
 * A noun with the names of its verbs, or a verb without a noun (then the names are empty). `load` imports the
 * declarations, and runs only for a noun that is on the command line.
 */
type Entry = readonly [about: string, verbs: string, load: () => Promise<{ verbs: Verbs }>]

/** All nouns and verbs, on one page. */
const contents: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'Shop:': {
    users: [
      'customer accounts',
      'create get list update delete purge anonymise authenticate set-password import export',
      () => import('./users/index.ts'),
    ],
    addresses: [
      'billing and shipping addresses of users',
      'add list update remove',
      () => import('./addresses/index.ts'),
    ],
    products: [
      'the products, with price and stock',
      'create get list update restock delete import export',
      () => import('./products/index.ts'),
    ],
    orders: [
      'place, list and update orders; each change is one transaction',
      'place get list confirm ship deliver cancel import export',
      () => import('./orders/index.ts'),
    ],
    import: ['recognize the files of other systems', 'guess', () => import('./import/index.ts')],
    report: [
      'reports on sales, customers and stock',
      'top-products orders-per-user recent-customers customer-categories big-spenders revenue low-stock eager-loading',
      () => import('./report/index.ts'),
    ],
    logs: ['audit log: every change, with time, user and command', 'list purge', () => import('./logs/index.ts')],
  },
  'Database:': {
    connection: ['test the connection', 'test', () => import('./connection/index.ts')],
    db: [
      'schema, sample data, invariants, privileges, copies',
      'migrate rollback status seed reset check grants shell dump restore',
      () => import('./db/index.ts'),
    ],
    sql: ['Run one SQL statement, read-only unless --write is given', '', () => import('./sql/index.ts')],
    pool: ['load tests for connection pools', 'stress tune compare status', () => import('./pool/index.ts')],
    cluster: [
      'a Galera cluster, or a primary with replicas',
      'status check failover',
      () => import('./cluster/index.ts'),
    ],
    bench: ['compare database drivers', 'drivers', () => import('./bench/index.ts')],
    server: ['run a private MariaDB server', 'start stop status reset', () => import('./server/index.ts')],
  },
  'Setup and help:': {
    config: [
      'settings and profiles, with their sources',
      'show profiles trust untrust',
      () => import('./config/index.ts'),
    ],
    demo: ['Run a tour of dbtool on a private server, in one command', '', () => import('./demo.ts')],
    completion: ['Print the script for tab completion in your shell', '', () => import('./completion/index.ts')],
    version: ['Show the version of dbtool, of Node and of the system', '', () => import('./version.ts')],
    help: ['Show help for a command or topic', '', () => import('./help/index.ts')],
    doctor: ['Check connection, server and schema; explain how to fix problems', '', () => import('./doctor.ts')],
  },
}

const startHere = 'Start: dbtool demo\nMore: dbtool help connecting|formats|environment|exit-codes'

/**
 * Creates the program. With `argv`, it declares the flags only of the nouns that are words of `argv`, and of their
 * verbs that are. Without `argv`, it declares the flags of all.
 */
export async function createProgram(context: Context, argv?: readonly string[]): Promise<Command> {
  const program = new DbtoolCommand('dbtool').description(
    'A shop on MariaDB, and a laboratory for its connection pool.',
  )
  // Set before any subcommand is added, because subcommands inherit these. A flag after the verb belongs to the verb.
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
    else for (const verbName of words(all)) parent.command(verbName)
  }
  const noun = program.commands.find((command) => command.name() === name)
  if (noun !== undefined) inheritGlobals(noun, argv)
}

/** Returns whether a verb can be meant by `argv`. Help shows every verb, and a line without a verb can mean any. */
function meantBy(argv: readonly string[] | undefined, verbs: readonly string[]): (verb: string) => boolean {
  if (
    argv === undefined ||
    argv.some((word) => word === '--help' || word === '-h') ||
    !argv.some((word) => verbs.includes(word))
  )
    return () => true
  return (verb) => argv.includes(verb)
}

/** Adds a noun and its verbs by name only, for the table of contents and for "did you mean". */
function announce(program: Command, name: string, [about, names]: Entry): void {
  const noun = program.command(name).description(about)
  for (const verb of words(names)) noun.command(verb)
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
