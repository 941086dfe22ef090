import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { rightsCounts } from '../../src/shop/import/tally.ts'
import { examples } from '../kit/help.ts'
import { importInto, type ImportRowsOptions, rowFlags } from '../kit/import-rows.ts'

export interface ImportUsersOptions extends ImportRowsOptions {
  readonly withAdmins?: true
  readonly withPasswordHashes?: true
}

export function usersImport(users: Command, ctx: Context, run = importUsers): void {
  rowFlags(
    users.command('import').description('Add or update users from a CSV or NDJSON file'),
    'username',
    'username=Login,email=Mail',
    rightsCounts,
  )
    .option('--with-admins', 'let the file set is_admin')
    .option('--with-password-hashes', 'let the file set password hashes')
    .addHelpText(
      'after',
      examples(
        'dbtool users import users.csv',
        'dbtool users import people.csv --map username=Login,email=Mail --on-conflict update ' +
          '--on-error skip --rejects rejects.csv',
      ),
    )
    .action((file: string | undefined, options: ImportUsersOptions) => run(ctx, file, options))
}

export async function importUsers(ctx: Context, file: string | undefined, options: ImportUsersOptions): Promise<void> {
  const { importedUsers } = await import('../../src/shop/import/tables.ts')
  const permitted = [
    ...(options.withAdmins === true ? ['is_admin'] : []),
    ...(options.withPasswordHashes === true ? ['password_hash'] : []),
  ]
  await importInto(ctx, { ...importedUsers, permitted }, file, options)
}
