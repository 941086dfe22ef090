import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { accountText, parseAccount, type Account } from '../../src/db/privileges/accounts.ts'
import { grantStatements, roleNames, roles, type RoleName } from '../../src/db/privileges/roles.ts'
import { text, type View } from '../../src/output/view.ts'
import { parseChoice } from '../../src/values.ts'
import { value } from '../kit/flags.ts'
import { type Entry, footer } from '../kit/help.ts'
import { withView, type EffectOptions, withEffect } from '../kit/command.ts'

interface Grant {
  readonly account: string
  readonly statement: string
}

const plannedView: View<Grant & { readonly role: string }> = {
  columns: [text('role'), text('account'), text('statement')],
  id: 'statement',
  script: ({ role, statement }) => `${statement};  -- ${role}`,
}
const grantedView: View<Grant> = {
  columns: [text('account'), text('statement')],
  id: 'statement',
  script: ({ statement }) => statement,
}

export interface GrantsOptions {
  readonly for?: Account
  readonly role?: RoleName
  readonly apply?: boolean
  readonly dryRun?: boolean
}

const applies = ({ apply, dryRun }: EffectOptions): boolean => apply === true && dryRun !== true

export function dbGrants(db: Command, ctx: Context, run = grants): void {
  withEffect(withView(db.command('grants'), viewOf), { changes: applies, isWholesale: applies })
    .description('Print the least privileges of each role as GRANT statements')
    .addOption(
      new Option('--for <user@host>', 'the account that gets the privileges')
        .argParser(value(parseAccount))
        .default(undefined, 'a separate account for each role'),
    )
    .option('--role <role>', `${roleNames.join(', ')} (default: all; with --for: app)`, value(parseChoice(roleNames)))
    .option('--apply', 'run the statements, and show the resulting privileges')
    .option('-n, --dry-run', 'with --apply: show the statements, and run none')
    .addHelpText(
      'after',
      footer(
        [['Roles:', roles.map(({ name, purpose }): Entry => [name, purpose])]],
        'dbtool db grants',
        'dbtool db grants --for shop@localhost --apply',
        'dbtool db grants --for bi@10.0.0.% --role reporter --json',
      ),
    )
    .action((options: GrantsOptions) => run(ctx, options))
}

const viewOf = ({ apply = false, dryRun = false }: GrantsOptions): View =>
  apply && !dryRun ? grantedView : plannedView

export async function grants(ctx: Context, options: GrantsOptions): Promise<void> {
  const { apply = false, dryRun = false } = options
  if (!apply) {
    ctx.out.list(plannedView, await plannedGrants(ctx, options))
    ctx.out.note('nothing was changed; an administrator can run these statements after CREATE USER … IDENTIFIED BY …')
    return
  }
  const { account } = await ctx.ask.resolve({
    account: { given: options.for, flag: '--for', message: 'Account (user@host)', parse: parseAccount },
  })
  const { grant, showGrants } = await import('../../src/db/privileges/grant.ts')
  const rows = await plannedGrants(ctx, { ...options, for: account })
  await ctx.connection(async (session) => {
    if (dryRun) {
      await showGrants(session, account)
      ctx.out.list(plannedView, rows)
      ctx.out.note('dry run: nothing was changed')
      return
    }
    await grant(
      session,
      account,
      rows.map(({ statement }) => statement),
    )
    const current = await showGrants(session, account)
    ctx.out.list(
      grantedView,
      current.map((statement) => ({ account: accountText(account), statement })),
    )
    ctx.out.success(`granted to ${accountText(account)}: ${rows[0]?.role ?? ''}`)
  })
}

async function plannedGrants(
  ctx: Context,
  { for: account, role = account === undefined ? undefined : 'app' }: GrantsOptions,
): Promise<{ role: RoleName; account: string; statement: string }[]> {
  const { target } = await ctx.config()
  return roles
    .filter(({ name }) => role === undefined || name === role)
    .flatMap((granted) => {
      const grantee = account ?? { user: `dbtool_${granted.name}`, host: 'localhost' }
      return grantStatements(granted, target.database ?? '', grantee).map((statement) => ({
        role: granted.name,
        account: accountText(grantee),
        statement,
      }))
    })
}
