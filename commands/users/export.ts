import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { View } from '../../src/output/view.ts'
import { csvFlags, type CsvOptions, exportFrom } from '../kit/export.ts'
import { userExportView, userWithHashExportView } from '../kit/views.ts'
import { activeFlag, either } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export interface ExportUsersOptions extends CsvOptions {
  readonly active?: true
  readonly inactive?: true
  readonly search?: string
  readonly withPasswordHashes?: true
}

export function usersExport(users: Command, ctx: Context, run = exportAll): void {
  either(
    csvFlags(withView(users.command('export'), viewOf)).description(
      'Write all users as CSV, NDJSON or JSON, ready for import',
    ),
    ['--active', 'only users who may log in'],
    ['--inactive', 'only users who may not log in'],
  )
    .option('--search <text>', 'search in username, email and names')
    .option('--with-password-hashes', 'add the password hashes, so that users can log in elsewhere')
    .addHelpText('after', examples('dbtool users export > users.csv', 'dbtool users export --active --format ndjson'))
    .action((options: ExportUsersOptions) => run(ctx, options))
}

const viewOf = ({ withPasswordHashes }: ExportUsersOptions): View =>
  withPasswordHashes === true ? userWithHashExportView : userExportView

export async function exportAll(ctx: Context, options: ExportUsersOptions): Promise<void> {
  const { exportUsers } = await import('../../src/shop/export/users.ts')
  const passwordHashes = options.withPasswordHashes === true
  const filter = { active: activeFlag(options), search: options.search }
  await exportFrom(ctx, viewOf(options), options, (queries, sink) =>
    exportUsers(queries, filter, { passwordHashes }, sink),
  )
}
