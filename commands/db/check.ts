import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { data, number, sentence, text, type View, whole } from '../../src/output/view.ts'
import type { Finding } from '../../src/shop/invariants.ts'
import { counted } from '../../src/in-words.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [whole('invariant'), text('ok'), number('violations'), sentence('statement'), data('rows')],
  id: 'invariant',
  omitsNull: true,
}

export function dbCheck(db: Command, ctx: Context, run = check): void {
  withView(db.command('check'), view)
    .description('Check that stock, totals and references agree; if not, list the offending rows and exit with 1')
    .addHelpText('after', examples('dbtool db check'))
    .action(() => run(ctx))
}

export async function check(ctx: Context): Promise<void> {
  const findings = await invariants(ctx)
  ctx.out.outcomes(view, findings)
  assertSound(findings)
  ctx.out.success(soundText)
}

/** Resolves to a finding for each invariant. */
export async function invariants(ctx: Context): Promise<readonly Finding[]> {
  const [{ checkInvariants }, { withLease, withSpareLease }] = await Promise.all([
    import('../../src/shop/invariants.ts'),
    import('../../src/db/pool/pool.ts'),
  ])
  return ctx.shop(({ pool }) =>
    withLease(pool, (session) => withSpareLease(pool, (beside) => checkInvariants(session, beside))),
  )
}

export const soundText = 'all invariants hold'

/** @throws DbtoolError INVARIANT_BROKEN */
export function assertSound(findings: readonly Finding[]): void {
  const broken = findings.filter(({ ok }) => !ok)
  if (broken.length > 0) throw brokenError(broken)
}

function brokenError(broken: readonly Finding[]): DbtoolError {
  const names = broken.map(({ invariant, violations }) => `${invariant} (${violations})`).join(', ')
  const rows = broken.flatMap(({ invariant, rows: offending }) =>
    offending.map((row) => `${invariant}: ${JSON.stringify(row)}`),
  )
  return new DbtoolError('INVARIANT_BROKEN', `violated invariants: ${names}`, {
    faults: [`first offending rows of ${counted(broken.length, 'invariant')}:`, ...rows],
  })
}
