import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from '../../support/binary.ts'
import type { World } from './world.ts'

const ordersInFile = 60

/** A file of orders by users and of products that only it knows. */
export function writeOrderFile({ ledger }: World, folder: string): string {
  const name = `f${ledger.files.size}`
  const path = join(folder, `${name}.csv`)
  const refs = Array.from({ length: ordersInFile }, (_, order) => `${name}-${order}`)
  const lines = refs.flatMap((ref, order) =>
    [0, 1].map((line) => `${ref},${name}_user${order % 5},${name}-P${(order + line) % 7},${1 + line},2.50`),
  )
  writeFileSync(path, `order_ref,user,sku,quantity,price\n${lines.join('\n')}\n`)
  ledger.files.set(path, refs)
  return path
}

/** `dbtool orders import` as a process of its own. */
export function importing({ target, paths }: World, file: string): ChildProcess {
  const { PATH = '' } = process.env
  const env = {
    PATH,
    DBTOOL_HOME: join(paths.home, 'nowhere'),
    DB_HOST: target.host,
    DB_PORT: String(target.port),
    DB_USER: target.user,
    DB_PASSWORD: target.password,
    DB_NAME: target.database ?? '',
    DB_SSL_MODE: 'disabled',
    DB_STATEMENT_TIMEOUT: '3s',
    DB_CONNECT_TIMEOUT: '2s',
  }
  return spawn(
    process.execPath,
    [binary, 'orders', 'import', file, '--create-missing', '--initial-stock', '1000', '--json'],
    { cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'] },
  )
}

/** Resolves to its exit code and what it said. */
export function ended(child: ChildProcess): Promise<[exitCode: number | null, stderr: string]> {
  let stderr = ''
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  return new Promise((resolve) => child.once('close', (exitCode) => resolve([exitCode, stderr])))
}
