import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import { resolve } from 'node:path'
import type { Context } from '../../src/context/context.ts'
import { addressOf } from '../../src/db/target.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { isStandardOutput } from '../../src/output/choices.ts'
import type { Destination } from '../../src/output/destination.ts'
import type { About } from '../../src/stress/page.ts'
import { quoteValue } from '../../src/values.ts'
import { version } from '../../src/version.ts'
import { FileOption } from '../kit/command.ts'
import { values } from '../kit/flags.ts'
import type { Command } from 'commander'
import type { CheckedLoad } from './load-flags.ts'

const kinds = ['json', 'csv', 'html', 'md', 'svg'] as const
type Kind = (typeof kinds)[number]

/** A report file: its format and its path. */
export interface ReportFile {
  readonly kind: Kind
  readonly path: string
}

/** Adds `--out`, which can be repeated. */
export function reportFileFlag(command: Command): Command {
  return command.addOption(
    new FileOption('--out <kind=file>', 'write a report: json=, csv=, html=, md= or svg=FILE').argParser(
      values(parseReportFile),
    ),
  )
}

/** Parses `html=report.html`. */
function parseReportFile(text: string): ReportFile {
  const [, name = '', path = ''] = /^(\w+)=(.+)$/.exec(text) ?? []
  const kind = kinds.find((known) => known === name)
  if (kind === undefined || path === '' || isStandardOutput(path))
    throw new InvalidValue(`must be json=FILE, csv=FILE, html=FILE, md=FILE or svg=FILE, not ${quoteValue(text)}`)
  return { kind, path }
}

/** The report in each format, produced on demand. */
export type Texts = Readonly<Record<Kind, () => string>>

/**
 * Calls `measure` with the report files open: a file that cannot be written rejects with USAGE before a long
 * measurement. `save` replaces existing files; without it, they stay unchanged. If one file cannot be written then, the
 * others are still written, and the promise rejects.
 */
export async function withReportFiles(
  { io: { cwd }, out, fileMode: mode }: Context,
  reportFiles: readonly ReportFile[] = [],
  measure: (save: (render: () => Promise<Texts>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const twice = reportFiles.find(
    ({ path }, index) => reportFiles.findIndex((other) => resolve(cwd, other.path) === resolve(cwd, path)) < index,
  )
  if (twice !== undefined) throw new DbtoolError('USAGE', `--out names ${twice.path} twice`)
  const open: { kind: Kind; path: string; file: Destination }[] = []
  try {
    for (const { kind, path } of reportFiles) {
      const { OutputFile } = await import('../../src/output/file.ts')
      open.push({ kind, path, file: await OutputFile.open({ path, cwd, force: true, flag: '--out', mode }) })
    }
    await measure(async (render) => {
      if (open.length === 0) return
      const texts = await render()
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

/** The load of a closed loop in words, for the settings of a report. */
export const workersText = (workers: number): string =>
  `${workers} workers, each of which starts again when its last iteration has ended`

/** The conditions of a measurement, for its report. */
export async function aboutOf(
  ctx: Context,
  { headroom, observer }: Pick<CheckedLoad, 'headroom' | 'observer'>,
  settings: About['settings'],
): Promise<About> {
  const { target } = await ctx.config()
  return {
    date: ctx.io.now().toISOString(),
    command: ctx.commandLine(),
    server: `${target.user}@${addressOf(target)}`,
    settings,
    versions: { dbtool: version(), node: process.version, MariaDB: headroom.version },
    machine: machineOf(observer),
    server_settings: observer?.settings ?? {},
  }
}

function machineOf(observer: CheckedLoad['observer']): Record<string, string> {
  const processors = cpus()
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${type()} ${release()}, ${arch()}`,
    'load average': loadavg()
      .map((load) => load.toFixed(2))
      .join(' '),
    'processor time of the server':
      observer?.seesCpu === true ? 'read from its process on this machine' : 'cannot be read from here',
  }
}
