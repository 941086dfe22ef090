import type { Sheet } from './sheet.ts'
import type { Row } from './view.ts'

/** Takes rows of a list; resolves when there is room for more. */
export type WriteRows = (rows: readonly object[]) => Promise<void>

/** The rows as they are produced; nothing is written before the first of them, or the end. Resolves to their number. */
export async function writeSheet(
  sheet: Sheet,
  produce: (write: WriteRows) => Promise<void>,
  put: (text: string) => Promise<void>,
): Promise<number> {
  let { head } = sheet
  let count = 0
  await produce(async (rows) => {
    const text = `${head}${sheet.rows(rows as readonly Row[])}`
    head = ''
    count += rows.length
    await put(text)
  })
  await put(`${head}${sheet.foot()}`)
  return count
}
