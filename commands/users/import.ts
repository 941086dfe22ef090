import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { importInto, type ImportRowsOptions, rowFlags } from '../kit/import-rows.ts'

export function usersImport(users: Command, ctx: Context, run = importUsers): void {
  rowFlags(
    users.command('import').description('Add or update users from a CSV or NDJSON file'),
    'username',
    'username=Login,email=Mail',
  )
    .addHelpText(
      'after',
      examples(
        'dbtool users import users.csv',
        'dbtool users import people.csv --map username=Login,email=Mail --on-conflict update ' +
          '--on-error skip --rejects rejects.csv',
      ),
    )
    .action((file: string | undefined, options: ImportRowsOptions) => run(ctx, file, options))
}

export async function importUsers(ctx: Context, file: string | undefined, options: ImportRowsOptions): Promise<void> {
  const { importedUsers } = await import('../../src/shop/import/tables.ts')
  await importInto(ctx, importedUsers, file, options)
}
