import { allFaults } from '../errors.ts'
import { missing, type Column } from './header.ts'
import { parseObject } from './ndjson.ts'
import type { ReadOptions, RecordFile } from './record-file.ts'
import type { SourceRecord } from './record.ts'
import { listed } from './wording.ts'

export interface Check {
  records: number
  /** Records with a fault of their own. */
  faulty: number
}

/**
 * Reads the file once from end to end, so that every fault of its structure is known before anything is changed.
 * Throws BAD_INPUT for the first of them, and for NDJSON in which a required key is in no object at all.
 */
export async function checkRecordFile(file: RecordFile, options?: ReadOptions): Promise<Check> {
  const records = checkedRecords(file, options)
  for (;;) {
    const next = await records.next()
    if (next.done === true) return next.value
  }
}

/** The same in passing, for who has more to check: what the whole file lacks is thrown after its last record. */
export async function* checkedRecords(
  file: RecordFile,
  options?: ReadOptions,
): AsyncGenerator<SourceRecord, Check, undefined> {
  const check: Check = { records: 0, faulty: 0 }
  const unseen = new Set(file.format === 'ndjson' ? file.columns.filter(({ required }) => required) : [])
  let keys: string[] = []
  for await (const record of file.records(options)) {
    check.records++
    if (record.fault !== undefined) check.faulty++
    if (unseen.size > 0 && keys.length === 0) keys = Object.keys(parseObject(record.raw) ?? {})
    for (const column of unseen) if (record.values[column.name] !== undefined) unseen.delete(column)
    yield record
  }
  // Without a single object each line is its own fault, and says so.
  if (unseen.size > 0 && check.faulty < check.records) throw neverThere(file, unseen, keys)
  return check
}

function neverThere(file: RecordFile, unseen: ReadonlySet<Column>, keys: readonly string[]): Error {
  const faults = [...unseen].map((column) => `${file.name}: no object has ${missing(column, keys)}`)
  const hint = `The keys of the first object are ${listed(keys)}; name the right ones with --map ours=theirs,….`
  return allFaults('BAD_INPUT', file.name, faults, hint)
}
