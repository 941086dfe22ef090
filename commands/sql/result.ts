import type { Context } from '../../src/context/context.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { isRow, type ResultChange, ResultHead, type ResultItem } from '../../src/db/connection/result-items.ts'
import type { WriteRows } from '../../src/output/stream.ts'
import { number, text, time, type Row, type View } from '../../src/output/view.ts'
import type { BoundStatement } from '../../src/sql/parameters.ts'
import { hasKnownShape } from '../../src/sql/guard.ts'
import type { Warning } from '../../src/sql/run.ts'
import { counted } from '../../src/in-words.ts'

const changeView: View = { columns: [number('affected_rows'), number('insert_id')], id: 'insert_id' }

const columnOf = { number: (name: string) => ({ ...number(name), isName: true }), time, text } as const

/** The view of a result whose columns have these names; a name that comes again gets a number. */
function viewOf(columns: View['columns']): View {
  const seen = new Map<string, number>()
  const unique = columns.map((column) => {
    const times = (seen.get(column.name) ?? 0) + 1
    seen.set(column.name, times)
    return times === 1 ? column : { ...column, name: `${column.name}_${times}` }
  })
  return { columns: unique, id: unique[0]?.name ?? '', empty: 'No rows.', leastText: 8 }
}

/** Writes the first result set of a statement while it arrives, and remembers its outcome. */
export class Result {
  change: ResultChange | undefined
  /** The number of result sets. */
  sets = 0
  readonly #ctx: Context
  #names: readonly string[] = []
  #write: WriteRows | undefined
  #written: Promise<void> | undefined
  #end: (failure?: { readonly error: Error }) => void = () => undefined

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Settles as `work` does, after all rows are written. A reader who has left early is no failure. */
  async of(work: Promise<readonly Warning[]>): Promise<readonly Warning[]> {
    try {
      const warnings = await work
      this.#end()
      await this.#written
      return warnings
    } catch (error) {
      if (this.#written === undefined) throw error
      this.#end({ error: error as Error })
      await this.#written
      return []
    }
  }

  async receive(items: readonly ResultItem[]): Promise<void> {
    const rows: Row[] = []
    for (const item of items) {
      if (item instanceof ResultHead) await this.open(item)
      else if (!isRow(item)) this.change = item
      else if (this.sets === 1) rows.push(Object.fromEntries(this.#names.map((name, at) => [name, item[at]])))
    }
    if (rows.length > 0) await this.#write?.(rows)
  }

  private async open({ columns }: ResultHead): Promise<void> {
    this.sets += 1
    if (this.sets > 1) return
    const view = viewOf(columns.map(({ name, kind }) => columnOf[kind](name)))
    this.#names = view.columns.map(({ name }) => name)
    this.#written = this.#ctx.out.stream(view, (write) => {
      this.#write = write
      return new Promise((resolve, reject) => {
        this.#end = (failure) => (failure === undefined ? resolve() : reject(failure.error))
      })
    })
    // It fails at once if --fields names an unknown column.
    if (this.#write === undefined) await this.#written
  }
}

interface Ending {
  readonly warnings: readonly Warning[]
  readonly dryRun: boolean
}

const mostWarnings = 10

export function conclude({ out }: Context, { change, sets }: Result, { warnings, dryRun }: Ending): void {
  if (change !== undefined && sets === 0) {
    const { affectedRows, insertId } = change
    const insert_id =
      insertId === 0n ? null : Number.isSafeInteger(Number(insertId)) ? Number(insertId) : String(insertId)
    out.itemForScripts(changeView, { affected_rows: affectedRows, insert_id })
    const rows = counted(affectedRows, 'row')
    out.success(dryRun ? `${rows} would be affected; nothing was changed` : `${rows} affected`)
  } else if (dryRun) out.note('dry run: nothing was changed')
  if (sets > 1) out.notice(`only the first of ${sets} result sets is shown; dbtool db shell shows all`)
  for (const { code, message } of warnings.slice(0, mostWarnings)) out.notice(`warning ${code}: ${message}`)
  if (warnings.length > mostWarnings) out.notice(`${warnings.length - mostWarnings} more warnings`)
}

/** An unknown name in --fields is an error before anything is changed. */
export async function assertFields(
  ctx: Context,
  connection: Connection,
  { sql: statement, values: bound }: BoundStatement,
): Promise<void> {
  const inner = bound[0] ?? statement
  if (!ctx.out.selectsFields || !hasKnownShape(inner)) return
  const names = (await connection.columnsOf(inner))?.map((column) => column.name())
  ctx.out.assertFields(names === undefined || names.length === 0 ? changeView : viewOf(names.map(text)))
}
