import type { Command } from 'commander'
import type { Context } from '../src/context.ts'
import { version } from '../src/version.ts'
import { DbtoolCommand } from './command.ts'
import { addressesAdd } from './addresses/add.ts'
import { addressesList } from './addresses/list.ts'
import { addressesRemove } from './addresses/remove.ts'
import { addressesUpdate } from './addresses/update.ts'
import { benchDrivers } from './bench/drivers.ts'
import { configProfiles } from './config/profiles.ts'
import { configShow } from './config/show.ts'
import { connectionTest } from './connection/test.ts'
import { dbCheck } from './db/check.ts'
import { dbGrants } from './db/grants.ts'
import { dbMigrate } from './db/migrate.ts'
import { dbReset } from './db/reset.ts'
import { dbRollback } from './db/rollback.ts'
import { dbSeed } from './db/seed.ts'
import { dbStatus } from './db/status.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { declareGlobals } from './globals.ts'
import { configureHelp } from './help.ts'
import { logsList } from './logs/list.ts'
import { ordersExport } from './orders/export.ts'
import { ordersGet } from './orders/get.ts'
import { ordersImport } from './orders/import.ts'
import { ordersList } from './orders/list.ts'
import { orderMoves } from './orders/moves.ts'
import { ordersPlace } from './orders/place.ts'
import { poolCompare } from './pool/compare.ts'
import { poolStatus } from './pool/status.ts'
import { poolStress } from './pool/stress.ts'
import { poolTune } from './pool/tune.ts'
import { productsCreate } from './products/create.ts'
import { productsDelete } from './products/delete.ts'
import { productsExport } from './products/export.ts'
import { productsGet } from './products/get.ts'
import { productsImport } from './products/import.ts'
import { productsList } from './products/list.ts'
import { productsRestock } from './products/restock.ts'
import { productsUpdate } from './products/update.ts'
import { reportVerbs } from './report/report.ts'
import { serverReset } from './server/reset.ts'
import { serverStart } from './server/start.ts'
import { serverStatus } from './server/status.ts'
import { serverStop } from './server/stop.ts'
import { usersAuthenticate } from './users/authenticate.ts'
import { usersCreate } from './users/create.ts'
import { usersDelete } from './users/delete.ts'
import { usersExport } from './users/export.ts'
import { usersGet } from './users/get.ts'
import { usersImport } from './users/import.ts'
import { usersList } from './users/list.ts'
import { usersPurge } from './users/purge.ts'
import { usersSetPassword } from './users/set-password.ts'
import { usersUpdate } from './users/update.ts'

type Declare = (noun: Command, context: Context) => void

/** The whole tool on one page. */
const contents: Readonly<Record<string, Readonly<Record<string, readonly [about: string, ...verbs: Declare[]]>>>> = {
  'The shop:': {
    users: ['people who buy', usersCreate, usersGet, usersList, usersUpdate, usersDelete, usersPurge, usersAuthenticate, usersSetPassword, usersImport, usersExport],
    addresses: ['where people are billed and shipped to', addressesAdd, addressesList, addressesUpdate, addressesRemove],
    products: ['what is sold, its price and stock', productsCreate, productsGet, productsList, productsUpdate, productsRestock, productsDelete, productsImport, productsExport],
    orders: ['place, read and move orders; each change is one transaction', ordersPlace, ordersGet, ordersList, orderMoves, ordersImport, ordersExport],
    report: ['questions about sales', reportVerbs],
    logs: ['who changed what, and when', logsList],
  },
  'The database:': {
    connection: ['is it there, and what is it like', connectionTest],
    db: ['schema and soundness', dbMigrate, dbRollback, dbStatus, dbSeed, dbReset, dbCheck, dbGrants],
    pool: ['load on connection pools', poolStress, poolTune, poolCompare, poolStatus],
    bench: ['drivers against each other', benchDrivers],
    server: ['a private MariaDB of your own', serverStart, serverStop, serverStatus, serverReset],
  },
  'This tool:': {
    config: ['where each setting comes from', configShow, configProfiles],
  },
}

const startHere = `
Start here:
  $ dbtool demo
  $ dbtool orders place --help`

export function createProgram(context: Context): Command {
  const program = new DbtoolCommand('dbtool').description('A shop on MariaDB, and a laboratory for its connection pool.')
  // Before any subcommand: they inherit these. A flag after the verb belongs to the verb.
  program.exitOverride().enablePositionalOptions()
  configureHelp(program, context.io)
  program.version(version(), '-V, --version', 'show the version')
  program.helpOption('-h, --help', 'show help, with examples')
  program.addHelpText('after', startHere)
  for (const [group, nouns] of Object.entries(contents)) {
    program.commandsGroup(group)
    for (const [name, [about, ...verbs]] of Object.entries(nouns)) {
      const noun = program.command(name).description(about).helpCommand(false)
      for (const declare of verbs) declare(noun, context)
    }
  }
  program.commandsGroup('This tool:')
  demo(program, context)
  doctor(program, context)
  program.helpCommand(false)
  declareGlobals(program)
  return program
}
