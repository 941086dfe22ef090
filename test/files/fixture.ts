import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { checkRecordFile, type OpenOptions, openRecordFile, type RecordFile } from '../../src/files/record-file.ts'
import type { SourceRecord } from '../../src/files/record.ts'

export const fields = { required: ['order_ref', 'user', 'sku', 'quantity'], optional: ['price'] }
export const header = 'order_ref,user,sku,quantity'

/** A directory for one test file; gone at its end. */
export function scratch(): (name: string, content: string | Buffer) => string {
  const directory = mkdtempSync(join(tmpdir(), 'dbtool-test-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  return (name, content) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
}

export function options(more: Partial<OpenOptions> = {}): OpenOptions {
  return { stdin: Readable.from([]), fields, map: new Map(), ...more }
}

export async function withFile<T>(
  path: string,
  more: Partial<OpenOptions>,
  use: (file: RecordFile) => Promise<T>,
): Promise<T> {
  const file = await openRecordFile(path, options(more))
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

export function readAll(path: string, more: Partial<OpenOptions> = {}): Promise<SourceRecord[]> {
  return withFile(path, more, (file) => collect(file.records()))
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** What a user is told about a file that cannot be used: the error of opening and checking it. */
export function faultOf(path: string, more: Partial<OpenOptions> = {}): Promise<DbtoolError> {
  return failure(withFile(path, more, (file) => checkRecordFile(file)))
}

export async function failure(work: Promise<unknown>): Promise<DbtoolError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DbtoolError)) throw new Error('no DbtoolError was thrown', { cause: error })
  return error
}
