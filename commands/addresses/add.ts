import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { insertAddress } from '../../src/shop/addresses.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { addressView } from '../kit/views.ts'
import { whichUser } from '../kit/which.ts'
import { columnPrompts, columnFlags, type ColumnFlags } from './flags.ts'

export interface AddAddressOptions extends ColumnFlags {
  readonly user?: string
  readonly dryRun?: boolean
}

export function addressesAdd(addresses: Command, ctx: Context, run = addAddress): void {
  columnFlags(
    withView(addresses.command('add'), addressView)
      .description('Add an address for a user; asks for missing values')
      .option('--user <user>', 'owner of the address: id, username or email'),
  )
    .option('-n, --dry-run', 'show the address, and add nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool addresses add --user ada --type billing --street "12 St James Square" --city London ' +
          '--postal-code "SW1Y 4JH" --country GB',
      ),
    )
    .action((options: AddAddressOptions) => run(ctx, options))
}

export async function addAddress(ctx: Context, options: AddAddressOptions): Promise<void> {
  const [{ getUser }, prompts] = await Promise.all([import('../../src/shop/users/users.ts'), columnPrompts()])
  const { dryRun = false } = options
  const { user, ...columns } = await ctx.ask.resolve({
    user: whichUser(ctx, options.user, '--user'),
    address_type: { given: options.type, ...prompts.address_type },
    street: { given: options.street, ...prompts.street },
    city: { given: options.city, ...prompts.city },
    postal_code: { given: options.postalCode, ...prompts.postal_code },
    country: { given: options.country, ...prompts.country },
  })
  const address = await ctx.shop(
    (db) => db.transaction(async (tx) => insertAddress(tx, ctx.author(), await getUser(tx, user), columns)),
    { dryRun },
  )
  ctx.out.item(addressView, dryRun ? { ...address, id: null, created_at: null } : address)
  const name = `a ${address.address_type} address of ${address.username}`
  ctx.out.success(dryRun ? `${name} would be added; nothing was changed` : `added ${name} (id ${address.id})`)
}
