import type { Sheet } from './sheet.ts'
import type { Row } from './view.ts'

/** Writes rows of a list. Resolves when the destination is ready for more. */
export type WriteRows = (rows: readonly object[]) => Promise<void>

/** Writes rows while `produce` runs; nothing before the first row or the end. Resolves to the number of rows. */
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
