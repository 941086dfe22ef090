import { writeFile } from 'node:fs/promises'
import type { Context } from '../../src/context.ts'
import { firstRow } from '../../src/db/queries.ts'
import { addressOf } from '../../src/db/target.ts'
import { DbtoolError, InvalidValue, messageOf } from '../../src/errors.ts'
import type { About } from '../../src/stress/report.ts'
import type { StressRun } from '../../src/stress/stress.ts'
import { shown } from '../../src/values.ts'
import { version } from '../../src/version.ts'

const kinds = ['json', 'csv', 'html'] as const

/** Where to keep a run, and how. */
export interface Keep {
  readonly kind: (typeof kinds)[number]
  readonly path: string
}

/** `html=report.html`. */
export function parseKeep(text: string): Keep {
  const [, name = '', path = ''] = /^(\w+)=(.+)$/.exec(text) ?? []
  const kind = kinds.find((one) => one === name)
  if (kind === undefined || path === '') throw new InvalidValue(`must be json=FILE, csv=FILE or html=FILE, not ${shown(text)}`)
  return { kind, path }
}

/** Writes the run into every file; a file that is there is replaced. Rejects with USAGE for a path that cannot be written. */
export async function keepRun(ctx: Context, run: StressRun, keeps: readonly Keep[]): Promise<void> {
  if (keeps.length === 0) return
  const { csvOf, htmlOf } = await import('../../src/stress/report.ts')
  const report = { ...run, about: await aboutOf(ctx) }
  const texts = { json: () => `${JSON.stringify(report, null, 2)}\n`, csv: () => csvOf(report), html: () => htmlOf(report) }
  for (const { kind, path } of keeps) {
    await writeFile(path, texts[kind]()).catch((error: unknown) => {
      throw new DbtoolError('USAGE', `cannot write ${path}: ${messageOf(error)}`, { cause: error })
    })
    ctx.out.note(`${kind} written to ${path}`)
  }
}

async function aboutOf(ctx: Context): Promise<About> {
  const { target } = await ctx.config()
  const row = await ctx.connection((connection) => firstRow<{ version: string }>(connection, 'SELECT VERSION() AS version'))
  return {
    date: ctx.io.now().toISOString(),
    command: `dbtool ${ctx.author().command}`,
    server: `${target.user}@${addressOf(target)}`,
    versions: { dbtool: version(), node: process.version, MariaDB: row?.version ?? '' },
  }
}
