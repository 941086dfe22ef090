import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { bindParameters, parseParameter, type Parameter } from '../../src/sql/parameters.ts'
import type { StatementMode } from '../../src/sql/run.ts'
import { ofAnyShape, type Verbs, withExcessHint, withEffect } from '../kit/command.ts'
import { values } from '../kit/flags.ts'
import { footer } from '../kit/help.ts'

export const verbs: Verbs = { sql }

export interface SqlOptions {
  readonly param?: readonly Parameter[]
  readonly write?: boolean
  readonly explain?: boolean
  readonly dryRun?: boolean
}

export function sql(program: Command, ctx: Context, run = runSql): void {
  const verb = withExcessHint(ofAnyShape(program.command('sql')), 'put the statement in quotes')
  withEffect(verb, {
    changes: ({ write }) => write === true,
    isWholesale: ({ write, dryRun }) => write === true && dryRun !== true,
  })
    .description('Run one SQL statement, read-only unless --write is given')
    .argument('[statement]', 'SQL; - reads standard input, and @FILE a file')
    .option('--param <name=value>', 'value for :name in the statement; repeatable', values(parseParameter))
    .option('--write', 'allow changes')
    .option('--explain', "show the server's plan, and run nothing")
    .option('-n, --dry-run', 'with --write: run the change, and roll it back')
    .addHelpText(
      'after',
      footer(
        ['The server refuses changes without --write. They are not in the audit log.'],
        'dbtool sql "SELECT id, username FROM users"',
        "dbtool sql 'SELECT * FROM products WHERE sku = :sku' --param sku=TEA-1",
        'dbtool sql @report.sql --format csv -o report.csv',
        "dbtool sql --write 'UPDATE products SET price = price + 1'",
      ),
    )
    .action((statement: string | undefined, options: SqlOptions) => run(ctx, statement, options))
}

export async function runSql(ctx: Context, given: string | undefined, options: SqlOptions): Promise<void> {
  const [guard, { explained, runStatement }, { originOf }, { assertFields, conclude, Result }] = await Promise.all([
    import('../../src/sql/guard.ts'),
    import('../../src/sql/run.ts'),
    import('./origin.ts'),
    import('./result.ts'),
  ])
  const { write = false, dryRun = false, explain = false, param = [] } = options
  if (dryRun && !write)
    throw new DbtoolError('USAGE', '--dry-run needs --write', { hint: 'without it, nothing changes' })
  const { statement } = await ctx.ask.resolve({
    statement: { given, flag: '<statement>', message: 'SQL', parse: parseStatement },
  })
  const origin = await originOf(ctx, statement)
  if (explain) guard.assertExplainable(origin.text)
  else if (dryRun) guard.assertRevertible(origin.text)
  else if (!write) guard.assertReading(origin.text)
  const bound = bindParameters(explain ? `EXPLAIN ${origin.text}` : origin.text, param)
  const mode: StatementMode = dryRun ? 'dry run' : write ? 'write' : 'read'
  const { target } = await ctx.config()
  const result = new Result(ctx)
  const warnings = await ctx
    .connection(
      async (connection) => {
        if (write) await assertFields(ctx, connection, bound)
        return result.of(runStatement(connection, bound, { mode, onItems: (items) => result.receive(items) }))
      },
      write && guard.isWithoutLimit(origin.text) ? { statementTimeoutMs: 0 } : {},
      write ? target : { ...target, readOnly: true },
    )
    .catch((error: unknown) => {
      throw explained(error, origin, mode)
    })
  conclude(ctx, result, { warnings, dryRun })
}

function parseStatement(given: string): string {
  if (given.trim() === '') throw new InvalidValue('must not be empty')
  return given
}
