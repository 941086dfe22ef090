import type { Fields } from '../../files/header.ts'
import {
  parseDescription,
  parseEmail,
  parseMoment,
  parsePasswordHash,
  parsePersonName,
  parsePrice,
  parseProductName,
  parseSku,
  parseStock,
  parseTruth,
  parseUsername,
} from '../rules.ts'
import { noLogin } from '../users/users.ts'

/** A value as the database would give it back: an instant as text in UTC, truth as 0 or 1. */
export type Stored = string | number | null

export interface FieldRule {
  /** Throws InvalidValue. */
  readonly parse: (text: string) => Stored
  /** What a new row has where the file says nothing; undefined: the file must say something. */
  readonly initial: Stored | undefined
  /** Whether an empty cell means NULL when a row is updated; otherwise it means what is there. */
  readonly nullable: boolean
}

export const required = (parse: (text: string) => Stored): FieldRule => ({ parse, initial: undefined, nullable: false })
export const nullable = (parse: (text: string) => Stored): FieldRule => ({ parse, initial: null, nullable: true })
const withInitial = (initial: Stored, parse: (text: string) => Stored): FieldRule => ({
  parse,
  initial,
  nullable: false,
})

const storedTruth = (text: string): number => Number(parseTruth(text))
const storedMoment = (text: string): string =>
  parseMoment(text).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replace('T', ' ')

/** One row of the file, by column: only what the file has; undefined where it says nothing. */
export type ImportRow = Readonly<Record<string, Stored | undefined>>

/** A row that is there, by column: at least its id and those that the file has. */
export type ExistingRow = Readonly<Record<string, Stored>> & { readonly id: number }

/** Everything that importing one table needs to know of it. */
export interface ImportTable {
  readonly table: 'users' | 'products'
  readonly one: string
  /** By column, in the order of the values of `insert`. */
  readonly rules: Readonly<Record<string, FieldRule>>
  /** Columns that no two rows share; the first is the key, by which a row of the file is one that is there. */
  readonly unique: readonly [key: string, ...others: string[]]
  /** Unique values are the same when these are. */
  readonly fold: (value: string) => string
  /** Takes the values of one row and returns its id. */
  readonly insert: string
  /** How a column is set, where it is more than `column = ?`; each mark is the value. */
  readonly assignments: Readonly<Record<string, string>>
  /** Columns that are a DATETIME. */
  readonly instants: readonly string[]
  /** Columns whose values nobody may read. */
  readonly secret: readonly string[]
  /** Columns whose values are too long for a log. */
  readonly long: readonly string[]
  /** For the log. */
  created(row: ImportRow): string
}

export function fieldsOf({ rules }: ImportTable): Fields {
  const names = Object.keys(rules)
  const isRequired = (name: string): boolean => rules[name]?.initial === undefined
  return { required: names.filter(isRequired), optional: names.filter((name) => !isRequired(name)) }
}

export const importedProducts: ImportTable = {
  table: 'products',
  one: 'product',
  rules: {
    sku: nullable(parseSku),
    name: required(parseProductName),
    price: required(parsePrice),
    description: nullable(parseDescription),
    stock: withInitial(0, parseStock),
    is_active: withInitial(1, storedTruth),
    created_at: withInitial(null, storedMoment),
  },
  unique: ['sku'],
  fold: (sku) => sku,
  insert: `INSERT INTO products (sku, name, price, description, stock, is_active, created_at, stock_received)
    VALUES (?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), stock) RETURNING id`,
  // What was received moves with the stock, whatever is sold meanwhile: the ledger stays true.
  assignments: { stock: 'stock_received = stock_received + CAST(? AS SIGNED) - stock, stock = ?' },
  instants: ['created_at'],
  secret: [],
  long: ['description'],
  created: ({ sku, name, price, stock: units }) =>
    `created ${String(sku ?? 'without SKU')}: ${String(name)}, price ${String(price)}, stock ${String(units ?? 0)}`,
}

/** Without a hash a user exists and cannot log in. */
export const importedUsers: ImportTable = {
  table: 'users',
  one: 'user',
  rules: {
    username: required(parseUsername),
    email: required(parseEmail),
    first_name: nullable(parsePersonName),
    last_name: nullable(parsePersonName),
    is_active: withInitial(1, storedTruth),
    is_admin: withInitial(0, storedTruth),
    password_hash: withInitial(noLogin, parsePasswordHash),
    created_at: withInitial(null, storedMoment),
    last_login: nullable(storedMoment),
  },
  unique: ['username', 'email'],
  fold: (text) => text.toLowerCase(),
  insert: `INSERT INTO users (username, email, first_name, last_name, is_active, is_admin, password_hash, created_at, last_login)
    VALUES (?, ?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), ?) RETURNING id`,
  assignments: {},
  instants: ['created_at', 'last_login'],
  secret: ['password_hash'],
  long: [],
  created: ({ username, email }) => `created ${String(username)} <${String(email)}>`,
}
