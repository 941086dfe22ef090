import type { Context } from '../../src/context/context.ts'

type Config = Awaited<ReturnType<Context['config']>>

/** The configuration of a verb that needs no shop: its server may be MySQL. */
export async function anyServer(ctx: Context): Promise<Config> {
  const config = await ctx.config()
  return { ...config, target: { ...config.target, allowsMySql: true } }
}
