import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { getAddress, updateAddress } from '../../src/shop/addresses.ts'
import { parseId } from '../../src/shop/rules.ts'
import { conversational, withView } from '../kit/command.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { assertPatch, showUpdated, updatedView, patchFor } from '../kit/update-prompt.ts'
import { addressView } from '../kit/views.ts'
import { whichAddress } from '../kit/which.ts'
import { columnPrompts, columnFlags, type ColumnFlags } from './flags.ts'

export interface UpdateAddressOptions extends ColumnFlags {
  readonly dryRun?: boolean
}

export function addressesUpdate(addresses: Command, ctx: Context, run = changeAddress): void {
  columnFlags(
    conversational(withView(addresses.command('update'), updatedView(addressView)))
      .description('Change the columns of an address')
      .argument('[id]', 'number of the address', value(parseId)),
  )
    .option('-n, --dry-run', 'show what would be changed, and change nothing')
    .addHelpText('after', examples('dbtool addresses update 1 --street "10 Downing Street" --postal-code "SW1A 2AA"'))
    .action((id: number | undefined, options: UpdateAddressOptions) => run(ctx, id, options))
}

export async function changeAddress(
  ctx: Context,
  number: number | undefined,
  options: UpdateAddressOptions,
): Promise<void> {
  const { type: address_type, street, city, postalCode: postal_code, country, dryRun = false } = options
  const given = { address_type, street, city, postal_code, country }
  assertPatch(ctx, given, '--type, --street, --city, --postal-code or --country')
  const { id } = await ctx.ask.resolve({ id: whichAddress(ctx, number) })
  const { patch } = await patchFor(ctx, given, {
    prompts: columnPrompts,
    current: () => ctx.shop((db) => getAddress(db, id)),
  })
  const updated = await ctx.shop((db) => db.transaction((tx) => updateAddress(tx, ctx.author(), id, patch)), {
    dryRun,
  })
  showUpdated(ctx, addressView, updated, { name: `address ${id}`, dryRun })
}
