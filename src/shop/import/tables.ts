import type { Queries } from '../../db/queries.ts'
import type { Fields } from '../../files/columns.ts'
import type { LogEntry } from '../logs.ts'
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
import { asciiEmail, emailKey } from '../users/email.ts'
import { freeUsernames, usernameFrom } from '../users/free-usernames.ts'
import { noLogin } from '../users/users.ts'

/** The policy for a row whose key already exists. */
export type OnConflict = 'error' | 'skip' | 'update'

/** A value as the database returns it: an instant as text in UTC, a boolean as 0 or 1. */
export type Stored = string | number | null

export interface FieldRule {
  /** Throws InvalidValue. */
  readonly parse: (text: string) => Stored
  /** The value of a new row if the file gives none. Undefined: the file must give one. */
  readonly initial: Stored | undefined
  /** Whether an empty cell sets NULL in an update; otherwise it leaves the existing value. */
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

/** One row of the file by column: only the columns of the file, undefined where a cell is empty. */
export type ImportRow = Readonly<Record<string, Stored | undefined>>

/** An existing row by column: at least its id and the columns of the file. */
export type ExistingRow = Readonly<Record<string, Stored>> & { readonly id: number }

/** A column that gives a person rights. A row may set it only if the user permits the column with its flag. */
export interface SensitiveColumn {
  readonly flag: string
  /** The name of the count of rows that set it. */
  readonly count: 'admins' | 'password_hashes'
}

/** The rules for importing one table. */
export interface ImportTable {
  readonly name: 'users' | 'products'
  readonly one: string
  /** The rules by column, in the order of the values of `insert`. */
  readonly rules: Readonly<Record<string, FieldRule>>
  /** The unique columns. The first is the key: a row of the file refers to the existing row with the same key. */
  readonly unique: readonly [key: string, ...others: string[]]
  /** The column by which people know a row, if it is not unique. */
  readonly title?: string
  /** Two unique values are equal when their folded forms are. */
  readonly fold: (value: string) => string
  /** The columns that hold the folded values, if they are others. */
  readonly folded: Readonly<Record<string, string>>
  /** Columns that are no fields of a file, because their values follow from others. */
  readonly derived: Readonly<Record<string, (row: ImportRow) => Stored | undefined>>
  /** The key may be absent from a file: it is then made from another unique column. */
  readonly generated?: GeneratedKey
  /** The statement that inserts the values of the rules, then the derived ones, and returns the id. */
  readonly insert: string
  /** The assignments of columns for which `column = ?` is not enough; each `?` is the value. */
  readonly assignments: Readonly<Record<string, string>>
  /** DATETIME columns. */
  readonly instants: readonly string[]
  /** Columns whose values are never shown. */
  readonly secret: readonly string[]
  readonly sensitive: Readonly<Record<string, SensitiveColumn>>
  /** The sensitive columns that the user permits. */
  readonly permitted: readonly string[]
  /** The entries of the audit log for a created row, and for an existing row before its changes. */
  created(id: number, row: ImportRow): LogEntry
  updated(existing: ExistingRow): LogEntry
}

export interface GeneratedKey {
  readonly from: string
  /** Resolves to a free value for each of the sources, none of them `reserved`. */
  readonly make: (queries: Queries, from: readonly string[], reserved: readonly string[]) => Promise<string[]>
}

/** The fields of a file. A row that may exist already needs only its key. */
export function fieldsOf(table: ImportTable, onConflict: OnConflict): Fields {
  const {
    rules,
    unique: [key],
    generated,
  } = table
  const names = Object.keys(rules)
  const required = names.filter(
    (name) =>
      rules[name]?.initial === undefined &&
      (onConflict === 'error' || name === key) &&
      (generated === undefined || name !== key),
  )
  const sufficient =
    onConflict === 'error' && generated === undefined
      ? { fields: [key], hint: `To update existing ${table.name} from these columns, add --on-conflict update.` }
      : undefined
  return { required, optional: names.filter((name) => !required.includes(name)), sufficient }
}

export const importedProducts: ImportTable = {
  name: 'products',
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
  title: 'name',
  fold: (sku) => sku,
  folded: {},
  derived: {},
  insert: `INSERT INTO products (sku, name, price, description, stock, is_active, created_at, stock_received)
    VALUES (?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), stock) RETURNING id`,
  // `stock_received` changes by the same amount as the stock, whatever is sold meanwhile, so the stock ledger still
  // balances.
  assignments: { stock: 'stock_received = stock_received + CAST(? AS SIGNED) - stock, stock = ?' },
  instants: ['created_at'],
  secret: [],
  sensitive: {},
  permitted: [],
  created: (entityId, { sku, name, price, stock: units }) => ({
    entity: 'products',
    entityId,
    message:
      `created ${String(sku ?? 'without SKU')}: ` +
      `${String(name)}, price ${String(price)}, stock ${String(units ?? 0)}`,
  }),
  updated: ({ id, sku }) => ({ entity: 'products', entityId: id, message: `updated ${String(sku)}` }),
}

/** A user without a password hash exists but cannot log in. */
export const importedUsers: ImportTable = {
  name: 'users',
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
  fold: emailKey,
  folded: { email: 'email_key' },
  derived: { email_ascii: ({ email }) => (typeof email === 'string' ? asciiEmail(email) : undefined) },
  generated: {
    from: 'email',
    make: (queries, emails, reserved) =>
      freeUsernames(
        queries,
        emails.map((email) => usernameFrom(email.split('@')[0] ?? '')),
        reserved,
      ),
  },
  insert: `INSERT INTO users (
      username, email, first_name, last_name, is_active, is_admin, password_hash, created_at, last_login, email_ascii)
    VALUES (?, ?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), ?, ?) RETURNING id`,
  assignments: {},
  instants: ['created_at', 'last_login'],
  secret: ['password_hash'],
  sensitive: {
    is_admin: { flag: '--with-admins', count: 'admins' },
    password_hash: { flag: '--with-password-hashes', count: 'password_hashes' },
  },
  permitted: [],
  created: (entityId) => ({ entity: 'users', entityId, message: 'created' }),
  updated: ({ id }) => ({ entity: 'users', entityId: id, message: 'updated' }),
}
