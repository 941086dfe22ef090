/** The pools whose settings `pool tune` can print. The help needs their names, and does not load their texts. */
export const poolNames = ['hikaricp', 'sqlalchemy', 'mysql2', 'knex', 'prisma', 'mariadb', 'php-pdo', 'go'] as const
export type PoolName = (typeof poolNames)[number]

/** The settings of a pool by dbtool's names. */
export type SettingName = 'pool_size' | 'max_overflow' | 'pool_timeout' | 'pool_recycle'

/** A recommendation in the words of a pool, for the result of a sweep. */
export interface PoolLines {
  readonly for: PoolName | 'dbtool'
  readonly caption: string
  /** The place of the lines. */
  readonly file: string
  /** The lines to paste. */
  readonly lines: readonly string[]
  /** Its names for the settings; null if it has no such setting. */
  readonly names: Readonly<Record<SettingName, string | null>>
  /** Its differences from dbtool's pool, in sentences. */
  readonly lacks: readonly string[]
}
