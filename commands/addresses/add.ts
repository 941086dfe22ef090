import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { insertAddress } from '../../src/shop/addresses.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { addressView } from '../kit/views.ts'
import { whichUser } from '../kit/which.ts'
import { askedParts, partFlags, type PartFlags } from './flags.ts'

export interface AddAddressOptions extends PartFlags {
  readonly user?: string
  readonly dryRun?: boolean
}

export function addressesAdd(addresses: Command, ctx: Context, run = addAddress): void {
  partFlags(
    withView(addresses.command('add'), addressView)
      .description('Add an address of a user; asks for what is needed and not given')
      .option('--user <user>', 'whose it is: id, username or email'),
  )
    .option('-n, --dry-run', 'show what would be added, and add nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool addresses add --user ada --type billing --street "12 St James Square" --city London --postal-code "SW1Y 4JH" --country GB',
      ),
    )
    .action((options: AddAddressOptions) => run(ctx, options))
}

export async function addAddress(ctx: Context, options: AddAddressOptions): Promise<void> {
  const [{ getUser }, asked] = await Promise.all([import('../../src/shop/users/users.ts'), askedParts()])
  const { dryRun = false } = options
  const { user, ...parts } = await ctx.ask.resolve({
    user: whichUser(ctx, options.user, '--user'),
    address_type: { given: options.type, ...asked.address_type },
    street: { given: options.street, ...asked.street },
    city: { given: options.city, ...asked.city },
    postal_code: { given: options.postalCode, ...asked.postal_code },
    country: { given: options.country, ...asked.country },
  })
  const address = await ctx.shop(
    (db) => db.transaction(async (tx) => insertAddress(tx, ctx.author(), await getUser(tx, user), parts)),
    { dryRun },
  )
  ctx.out.item(addressView, dryRun ? { ...address, id: null, created_at: null } : address)
  const what = `a ${address.address_type} address of ${address.username}`
  ctx.out.success(dryRun ? `${what} would be added; nothing was changed` : `added ${what} (id ${address.id})`)
}
