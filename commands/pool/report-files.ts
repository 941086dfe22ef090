import { resolve } from 'node:path'
import type { Context } from '../../src/context/context.ts'
import { addressOf } from '../../src/db/target.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { isStandardOutput } from '../../src/output/choices.ts'
import type { Destination } from '../../src/output/destination.ts'
import type { About } from '../../src/stress/page.ts'
import { quoteValue } from '../../src/values.ts'
import { version } from '../../src/version.ts'
import { values } from '../kit/flags.ts'
import type { Command } from 'commander'
import type { ConnectionHeadroom } from '../../src/stress/prepare.ts'

const kinds = ['json', 'csv', 'html'] as const
type Kind = (typeof kinds)[number]

/** Where to keep a measurement, and how. */
export interface ReportFile {
  readonly kind: Kind
  readonly path: string
}

export function reportFileFlag(command: Command, what: string): Command {
  return command.option(
    '--out <kind=file>',
    `keep ${what}: json=FILE, csv=FILE, or html=FILE with pictures`,
    values(parseReportFile),
  )
}

/** `html=report.html`. */
function parseReportFile(text: string): ReportFile {
  const [, name = '', path = ''] = /^(\w+)=(.+)$/.exec(text) ?? []
  const kind = kinds.find((one) => one === name)
  if (kind === undefined || path === '' || isStandardOutput(path))
    throw new InvalidValue(`must be json=FILE, csv=FILE or html=FILE, not ${quoteValue(text)}`)
  return { kind, path }
}

/** A measurement in each kind. */
export type Texts = Readonly<Record<Kind, () => string>>

/**
 * Measures with the files open, so that one that cannot be written is told before a long measurement, with USAGE. Each
 * takes the place of what is there
 * when `keep` is called; where it is not, all stays as it was. One that fails then does not keep the others from being
 * written.
 */
export async function withReportFiles(
  { io: { cwd }, out }: Context,
  reportFiles: readonly ReportFile[] = [],
  measure: (save: (make: () => Promise<Texts>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const twice = reportFiles.find(
    ({ path }, index) => reportFiles.findIndex((other) => resolve(cwd, other.path) === resolve(cwd, path)) < index,
  )
  if (twice !== undefined) throw new DbtoolError('USAGE', `--out names ${twice.path} twice`)
  const open: { kind: Kind; path: string; file: Destination }[] = []
  try {
    for (const { kind, path } of reportFiles) {
      const { OutputFile } = await import('../../src/output/file.ts')
      open.push({ kind, path, file: await OutputFile.open({ path, cwd, force: true, flag: '--out' }) })
    }
    await measure(async (make) => {
      if (open.length === 0) return
      const texts = await make()
      const written = await Promise.allSettled(
        open.splice(0).map(async ({ kind, path, file }) => {
          file.write(texts[kind]())
          await file.close({ isWhole: true, rows: undefined })
          out.note(`${kind} written to ${path}`)
        }),
      )
      const failed = written.find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    })
  } finally {
    await Promise.allSettled(open.map(({ file }) => file.close({ isWhole: false, rows: undefined })))
  }
}

export const asJson = (report: object): string => `${JSON.stringify(report, null, 2)}\n`

/** How the load of a closed loop is told. */
export const workersText = (workers: number): string =>
  `${workers} workers, each again when its last iteration has ended`

/** What a measurement was made by and on. */
export async function aboutOf(ctx: Context, headroom: ConnectionHeadroom, settings: About['settings']): Promise<About> {
  const { target } = await ctx.config()
  return {
    date: ctx.io.now().toISOString(),
    command: `dbtool ${ctx.author().command}`,
    server: `${target.user}@${addressOf(target)}`,
    settings,
    versions: { dbtool: version(), node: process.version, MariaDB: headroom.version },
  }
}
