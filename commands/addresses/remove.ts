import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { getAddress, removeAddress } from '../../src/shop/addresses.ts'
import { parseId } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { addressView } from '../kit/views.ts'
import { whichAddress } from '../kit/which.ts'

export interface RemoveAddressOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function addressesRemove(addresses: Command, ctx: Context, run = dropAddress): void {
  withView(addresses.command('remove'), addressView)
    .description('Remove an address of a user; asks first')
    .argument('[id]', 'number of the address', value(parseId))
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the address, and remove nothing')
    .addHelpText('after', examples('dbtool addresses remove 1 --yes'))
    .action((id: number | undefined, options: RemoveAddressOptions) => run(ctx, id, options))
}

export async function dropAddress(
  ctx: Context,
  given: number | undefined,
  { yes = false, dryRun = false }: RemoveAddressOptions,
): Promise<void> {
  const { id } = await ctx.ask.resolve({ id: whichAddress(ctx, given) })
  await ctx.shop(
    async (db) => {
      const { address_type, username, street, city } = await getAddress(db, id)
      const name = `${address_type} address ${id} of ${username} (${street}, ${city})`
      if (!dryRun) await ctx.ask.confirm({ message: `Remove ${name}?`, yes })
      ctx.out.itemForScripts(addressView, await db.transaction((tx) => removeAddress(tx, ctx.author(), id)))
      ctx.out.success(dryRun ? `${name} would be removed; nothing was changed` : `removed ${name}`)
    },
    { dryRun },
  )
}
