import { describe, expect, it } from 'vitest'
import type { SourceRecord } from '../../../src/files/record.ts'
import { inChunks } from '../../../src/shop/import/import-rows.ts'
import { oneAhead } from '../../../src/shop/import/one-ahead.ts'
import type { Refusal } from '../../../src/shop/import/draft-row.ts'

/** A file without an end, and the number of its lines that were read. */
function endless(raw: string): { batches: AsyncGenerator<SourceRecord[]>; linesRead: () => number } {
  let line = 0
  async function* batches(): AsyncGenerator<SourceRecord[]> {
    for (;;) yield await Promise.resolve([{ line: (line += 1), raw, values: {}, fault: undefined }])
  }
  return { batches: batches(), linesRead: () => line }
}

const refuse = (record: SourceRecord): Refusal => ({ record, code: 'BAD_INPUT', reason: 'no' })
const whileTheyWork = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100))

describe('of a file of any length', () => {
  it.each([
    ['short rows', 'x', 500],
    ['long rows', 'x'.repeat(100_000), 10],
  ])('at most the current chunk and the next are in memory: %s', async (_what, raw, most) => {
    const { batches, linesRead } = endless(raw)
    let lines = 0
    for await (const { size, refused } of oneAhead(inChunks(batches, refuse))) {
      expect([size, refused.at(0)?.record.line]).toEqual([most, lines + 1])
      lines += size
      await whileTheyWork()
      expect(linesRead()).toBeLessThanOrEqual(lines + most)
      if (lines >= 3 * most) break
    }
    const stopped = linesRead()
    await whileTheyWork()
    expect(linesRead()).toBe(stopped)
  })

  it('a failure while reading ahead is thrown when its item is due', async () => {
    async function* broken(): AsyncGenerator<number, void, undefined> {
      yield await Promise.resolve(1)
      throw new Error('the disk is gone')
    }
    const items: number[] = []
    const reading = (async () => {
      for await (const item of oneAhead(broken())) {
        items.push(item)
        await whileTheyWork()
      }
    })()
    await expect(reading).rejects.toThrow('the disk is gone')
    expect(items).toEqual([1])
  })
})
