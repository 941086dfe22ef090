import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { addressSortColumns, selectAddresses } from '../../src/shop/addresses.ts'
import type { AddressType } from '../../src/shop/rules.ts'
import { eachOf } from '../../src/shop/select.ts'
import { defaultLimit, paged, sorted, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { withView } from '../kit/command.ts'
import { addressView } from '../kit/views.ts'
import { country, type, typeFlag } from './flags.ts'

export interface ListAddressesOptions extends PageFlags {
  readonly user?: string
  readonly type?: AddressType
  readonly country?: string
  readonly sort: { column: (typeof addressSortColumns)[number]; descending: boolean }
}

export function addressesList(addresses: Command, ctx: Context, run = showAddresses): void {
  paged(withView(addresses.command('list'), addressView).description('List addresses, newest first'))
    .option('--user <user>', 'only addresses of this user: id, username or email')
    .option(typeFlag, 'only addresses of this type', type)
    .option('--country <code>', 'only addresses in this country, such as DE', country)
    .addOption(sorted(addressSortColumns, '-created_at'))
    .addHelpText(
      'after',
      examples('dbtool addresses list --user ada', 'dbtool addresses list --type shipping --country DE --sort city'),
    )
    .action((options: ListAddressesOptions) => run(ctx, options))
}

export async function showAddresses(
  ctx: Context,
  { user, type, country, sort, limit, offset }: ListAddressesOptions,
): Promise<void> {
  const { getUser } = await import('../../src/shop/users/users.ts')
  const listing = { limit, defaultRows: defaultLimit, offset, filter: { user, type, country } }
  await showList(ctx, addressView, listing, (rows, write) =>
    ctx.shop(async (db) => {
      const userIds = user === undefined ? undefined : [(await getUser(db, user)).id]
      await eachOf(db, selectAddresses({ userIds, type, country }, sort, { limit: rows, offset }), write)
    }),
  )
}
