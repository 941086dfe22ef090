import type { CellKinds, OnCells } from '../cells.ts'
import type { OpenCellSheet } from './cell-formats.ts'
import type { Sheet } from './sheet.ts'
import type { Row } from './view.ts'

/** Writes rows of a list. Resolves when the destination is ready for more. */
export type WriteRows = (rows: readonly object[]) => Promise<void>

/** Begins a list whose rows are written from their bytes. Undefined if the output needs their values. */
export type OpenCells = ((kinds: CellKinds) => OnCells) | undefined

export type Produce = (write: WriteRows, openCells: OpenCells) => Promise<void>

type Put = (text: string | Buffer) => Promise<void>

/**
 * Writes rows while `produce` runs, all of them from values or all from bytes. Writes nothing before the first row or
 * the end. Resolves to the number of rows.
 */
export async function writeSheet(
  sheet: Sheet,
  openCellSheet: OpenCellSheet | undefined,
  produce: Produce,
  put: Put,
): Promise<number> {
  let { head, foot } = { head: sheet.head, foot: () => sheet.foot() }
  let count = 0
  const begin = (): string => {
    const text = head
    head = ''
    return text
  }
  const write: WriteRows = async (rows) => {
    const text = `${begin()}${sheet.rows(rows as readonly Row[])}`
    count += rows.length
    await put(text)
  }
  const openCells: OpenCells =
    openCellSheet &&
    ((kinds) => {
      const cellSheet = openCellSheet(kinds)
      foot = () => cellSheet.foot()
      return async (cells) => {
        if (head !== '') await put(begin())
        count += cells.rows
        await put(cellSheet.rows(cells))
      }
    })
  await produce(write, openCells)
  await put(`${head}${foot()}`)
  return count
}
