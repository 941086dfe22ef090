import { checkedBatches, type RecordFile } from '../../files/record-file.ts'
import type { SourceRecord } from '../../files/record.ts'
import { hash, ReturningKeys } from './returning-keys.ts'

/** The records of one order, in the order of the file. */
export interface Group {
  readonly ref: string
  /** The values of the key columns, which tell orders apart. */
  readonly key: string
  readonly records: readonly SourceRecord[]
  /** A line that cannot be read and may belong to this order. */
  readonly suspect: number | undefined
}

/** The columns that may be parts of the key of an order. The reference is always one of them. */
export const keyColumns = ['order_ref', 'ordered_at', 'user'] as const
export type KeyColumn = (typeof keyColumns)[number]

export interface KeyRule {
  readonly columns: readonly KeyColumn[]
  /** Reads a value of a key column, so that different spellings of an instant are the same key. */
  readonly normalize: (column: KeyColumn, text: string) => string
}

export const keyByReference: KeyRule = { columns: ['order_ref'], normalize: (_column, text) => text }

/**
 * Groups adjacent records of one order. A record that leaves the reference and the user empty, or a further part of the
 * key, continues the order above it.
 */
export async function* adjacent(
  batches: AsyncIterable<readonly SourceRecord[]>,
  rule: KeyRule = keyByReference,
): AsyncGenerator<Group, void, undefined> {
  let group: (Group & { readonly records: SourceRecord[]; readonly parts: readonly string[] }) | undefined
  let suspect: number | undefined
  for await (const records of batches)
    for (const record of records) {
      const unreadable = isUnreadable(record)
      if (group !== undefined && (unreadable || continues(record, group.parts, rule))) {
        group.records.push(record)
        if (unreadable) suspect = record.line
        continue
      }
      if (group !== undefined) yield group
      const parts = rule.columns.map((column) => part(record, column, rule))
      group = { ref: parts[0] ?? '', key: keyOf(parts), parts, records: [record], suspect }
      suspect = unreadable ? record.line : undefined
    }
  if (group !== undefined) yield group
}

/** The order of the record is unknown: it may belong to the order above it, or to the one below. */
const isUnreadable = ({ fault, values }: SourceRecord): boolean =>
  fault !== undefined && values['order_ref'] === undefined

function continues(record: SourceRecord, parts: readonly string[], rule: KeyRule): boolean {
  const { values } = record
  if (values['order_ref'] === undefined && values['user'] !== undefined) return false
  const { columns } = rule
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index] ?? 'order_ref'
    if (values[column] !== undefined && part(record, column, rule) !== parts[index]) return false
  }
  return true
}

function part({ values }: SourceRecord, column: KeyColumn, { normalize }: KeyRule): string {
  const text = values[column]
  return text === undefined ? '' : normalize(column, text)
}

/** Joins the parts of a key. A bar in a part is escaped, so that different parts never make the same key. */
function keyOf(parts: readonly string[]): string {
  const [ref = ''] = parts
  return parts.length === 1 ? ref : parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|')
}

/** Limits of the records of scattered orders in memory at once. */
const mostRecords = 50_000
const mostCharacters = 32_000_000

interface Scan {
  readonly file: RecordFile
  readonly rule: KeyRule
  readonly returning: ReturningKeys
  /** The first line that cannot be read and whose order is unknown. */
  readonly unreadable: number | undefined
  readonly most: MemoryLimit
}

/** A limit of the records in memory at once. */
interface MemoryLimit {
  readonly records: number
  readonly characters: number
}

/** The orders of a file, whether their lines are adjacent or not. */
export class OrderGroups {
  private constructor(private readonly scan: Scan) {}

  /** Reads the file once. Rejects with BAD_INPUT for an error in its structure. */
  static async scan(
    file: RecordFile,
    signal: AbortSignal,
    rule: KeyRule = keyByReference,
    most: MemoryLimit = { records: mostRecords, characters: mostCharacters },
  ): Promise<OrderGroups> {
    const returning = new ReturningKeys(file.bytes)
    let unreadable: number | undefined
    for await (const { ref, key, records } of adjacent(checkedBatches(file, { signal, fields: keyColumns }), rule)) {
      if (ref !== '') returning.add(key)
      unreadable ??= records.find(isUnreadable)?.line
    }
    return new OrderGroups({ file, rule, returning, unreadable, most })
  }

  /**
   * Yields the orders of the file. Orders whose lines are not adjacent follow at the end, as many as fit into memory;
   * the file is read again for further ones.
   */
  async *groups(
    signal: AbortSignal,
    onBytes: (bytes: number) => void = () => undefined,
  ): AsyncGenerator<Group, void, undefined> {
    const { file, rule, returning, unreadable, most } = this.scan
    for (let from = 0; from < allHashes;) {
      const scattered = new ScatteredOrders(from, most)
      const options = from === 0 ? { signal, onBytes } : { signal }
      for await (const group of adjacent(file.batches(options), rule)) {
        if (group.ref !== '' && returning.has(group.key)) scattered.add(group)
        else if (from === 0) yield group
      }
      for (const group of scattered.groups()) yield { ...group, suspect: group.suspect ?? unreadable }
      from = scattered.to
    }
  }
}

const allHashes = 2 ** 32

/** The orders whose keys have a hash in a range, which is halved until they fit into memory. */
class ScatteredOrders {
  readonly #groups = new Map<string, Group & { readonly records: SourceRecord[] }>()
  #size = { records: 0, characters: 0 }
  #to = allHashes

  constructor(
    private readonly from: number,
    private readonly most: MemoryLimit,
  ) {}

  /** The end of the range. */
  get to(): number {
    return this.#to
  }

  add(piece: Group): void {
    if (!this.#holds(piece.key)) return
    const group = this.#groups.get(piece.key)
    if (group === undefined) this.#groups.set(piece.key, { ...piece, records: [...piece.records] })
    else {
      group.records.push(...piece.records)
      if (group.suspect === undefined && piece.suspect !== undefined)
        this.#groups.set(piece.key, { ...group, suspect: piece.suspect })
    }
    this.#count(piece.records, 1)
    while (this.#isFull && this.#groups.size > 1 && this.#to - this.from > 1) this.#halve()
  }

  groups(): Iterable<Group> {
    return this.#groups.values()
  }

  get #isFull(): boolean {
    return this.#size.records > this.most.records || this.#size.characters > this.most.characters
  }

  #holds(key: string): boolean {
    const place = hash(key, 0x2545f491)
    return place >= this.from && place < this.#to
  }

  #halve(): void {
    this.#to = this.from + Math.ceil((this.#to - this.from) / 2)
    for (const [key, { records }] of this.#groups) {
      if (this.#holds(key)) continue
      this.#groups.delete(key)
      this.#count(records, -1)
    }
  }

  #count(records: readonly SourceRecord[], sign: 1 | -1): void {
    this.#size.records += sign * records.length
    for (const { raw } of records) this.#size.characters += sign * raw.length
  }
}
