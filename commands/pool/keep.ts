import type { Context } from '../../src/context.ts'
import { addressOf } from '../../src/db/target.ts'
import { InvalidValue } from '../../src/errors.ts'
import type { Destination } from '../../src/output/destination.ts'
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

/** A measurement in each kind. */
export type Texts = Readonly<Record<Kind, () => string>>

/**
 * Measures with the files open, so that one that cannot be written is told before a long measurement, with USAGE. Each takes the place of what is there
 * when `keep` is called; where it is not, all stays as it was.
 */
export async function keeping({ io: { cwd }, out }: Context, keeps: readonly Keep[] = [], measure: (keep: (make: () => Promise<Texts>) => Promise<void>) => Promise<void>): Promise<void> {
  const { OutputFile } = await import('../../src/output/file.ts')
  const open: { kind: Kind; path: string; file: Destination }[] = []
  try {
    for (const { kind, path } of keeps) open.push({ kind, path, file: await OutputFile.open({ path, cwd, force: true, flag: '--out' }) })
    await measure(async (make) => {
      const texts = open.length === 0 ? undefined : await make()
      for (const { kind, path, file } of open.splice(0)) {
        file.write(texts?.[kind]() ?? '')
        await file.close({ isWhole: true, rows: 1 })
        out.note(`${kind} written to ${path}`)
      }
    })
  } finally {
    for (const { file } of open) await file.close({ isWhole: false, rows: 0 })
  }
}

export const asJson = (report: object): string => `${JSON.stringify(report, null, 2)}\n`

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
