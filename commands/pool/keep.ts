import { writeFile } from 'node:fs/promises'
import type { Context } from '../../src/context.ts'
import { addressOf } from '../../src/db/target.ts'
import { DbtoolError, InvalidValue, messageOf } from '../../src/errors.ts'
import type { About } from '../../src/stress/page.ts'
import { shown } from '../../src/values.ts'
import { version } from '../../src/version.ts'
import { values } from '../flags.ts'
import type { Command } from 'commander'
import type { Room } from './room.ts'

const kinds = ['json', 'csv', 'html'] as const
type Kind = (typeof kinds)[number]

/** Where to keep a measurement, and how. */
export interface Keep {
  readonly kind: Kind
  readonly path: string
}

export function keepFlag(command: Command, what: string): Command {
  return command.option('--out <kind=file>', `keep ${what}: json=FILE, csv=FILE, or html=FILE with pictures`, values(parseKeep))
}

/** `html=report.html`. */
function parseKeep(text: string): Keep {
  const [, name = '', path = ''] = /^(\w+)=(.+)$/.exec(text) ?? []
  const kind = kinds.find((one) => one === name)
  if (kind === undefined || path === '') throw new InvalidValue(`must be json=FILE, csv=FILE or html=FILE, not ${shown(text)}`)
  return { kind, path }
}

/** Writes a report into every file; one that is there is replaced. Rejects with USAGE for a path that cannot be written. */
export async function keep<R>(ctx: Context, keeps: readonly Keep[], report: R, written: Readonly<Record<Exclude<Kind, 'json'>, (report: R) => string>>): Promise<void> {
  const texts = { ...written, json: (data: R) => `${JSON.stringify(data, null, 2)}\n` }
  for (const { kind, path } of keeps) {
    await writeFile(path, texts[kind](report)).catch((error: unknown) => {
      throw new DbtoolError('USAGE', `cannot write ${path}: ${messageOf(error)}`, { cause: error })
    })
    ctx.out.note(`${kind} written to ${path}`)
  }
}

/** How the load of a closed loop is told. */
export const workersText = (workers: number): string => `${workers} workers, each again when its last iteration has ended`

/** What a measurement was made by and on. */
export async function aboutOf(ctx: Context, room: Room, settings: About['settings']): Promise<About> {
  const { target } = await ctx.config()
  return {
    date: ctx.io.now().toISOString(),
    command: `dbtool ${ctx.author().command}`,
    server: `${target.user}@${addressOf(target)}`,
    settings,
    versions: { dbtool: version(), node: process.version, MariaDB: room.version },
  }
}
