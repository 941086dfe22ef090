import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import type { Finding, Status } from '../src/doctor/finding.ts'
import { DbtoolError } from '../src/errors.ts'
import { below, heading, sentence, sign, type View, whole } from '../src/output/view.ts'
import { counted } from '../src/in-words.ts'
import { withView, type Verbs } from './kit/command.ts'
import { footer } from './kit/help.ts'

export const verbs: Verbs = { doctor }

const view: View = {
  columns: [
    heading('group'),
    sign('status', {
      ok: { text: '✔', colour: 'green' },
      warning: { text: '⚠', colour: 'yellow' },
      fault: { text: '✖', colour: 'red' },
      skipped: { text: '–', colour: 'dim' },
    }),
    whole('check'),
    sentence('found'),
    below('fix'),
  ],
  id: 'check',
}

export interface DoctorOptions {
  readonly all?: boolean
}

export function doctor(program: Command, ctx: Context, run = examine): void {
  withView(program.command('doctor'), view)
    .description('Check connection, server and schema; explain how to fix problems')
    .addHelpText(
      'after',
      footer(
        [
          'It changes nothing. ✔ passed, ⚠ a risk, ✖ a fault (exit code 1), – could not be checked. ' +
            'Tables list problems only.',
        ],
        'dbtool doctor',
        'dbtool doctor --all',
      ),
    )
    .option('--all', 'also list the checks that passed, and those skipped')
    .action((options: DoctorOptions) => run(ctx, options))
}

export async function examine(ctx: Context, { all = false }: DoctorOptions = {}): Promise<void> {
  const [{ gather }, { diagnose }] = await Promise.all([
    import('../src/doctor/gather/gather.ts'),
    import('../src/doctor/catalog.ts'),
  ])
  const { env, signal, now } = ctx.io
  const gathered = await gather({
    inspection: await ctx.inspection(),
    env,
    signal,
    now,
    connect: (target, work) => ctx.connection(work, {}, target),
  })
  // A check that an interrupt prevented says nothing about the server.
  signal.throwIfAborted()
  const findings = diagnose(gathered)
  const isComplete = all || !ctx.out.isForPeople
  const listed = isComplete ? findings : findings.filter(({ status }) => status === 'fault' || status === 'warning')
  if (isComplete || listed.length > 0) ctx.out.list(view, listed)
  conclude(ctx, findings)
}

function conclude({ out }: Context, findings: readonly Finding[]): void {
  const named = (wanted: Status): string =>
    [...new Set(findings.filter(({ status }) => status === wanted).map(({ check }) => check))].join(', ')
  const [faults, warnings] = [named('fault'), named('warning')]
  out.note(`${counted(findings.filter(({ status }) => status === 'ok').length, 'check')} passed`)
  for (const [reason, count] of skippedByReason(findings)) out.note(`${counted(count, 'check')} ${reason}`)
  if (warnings !== '') out.warn(`risks: ${warnings}`)
  if (faults !== '')
    throw new DbtoolError('DOCTOR_FOUND_FAULTS', `faults: ${faults}`, {
      hint: 'the fix is below each fault, after an arrow',
    })
  out.success('no faults')
}

/** The checks that could not be run, counted by their reason: a failed login alone prevents most of them. */
function skippedByReason(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { found } of findings.filter(({ status }) => status === 'skipped'))
    counts.set(found, (counts.get(found) ?? 0) + 1)
  return counts
}
