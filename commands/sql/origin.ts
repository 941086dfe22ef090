import { resolve } from 'node:path'
import type { Context } from '../../src/context/context.ts'
import { reasonOf } from '../../src/config/reason.ts'
import { allText } from '../../src/context/stdin.ts'
import { DbtoolError } from '../../src/errors.ts'
import { readRegularFile } from '../../src/regular-file.ts'
import type { StatementOrigin } from '../../src/sql/run.ts'

/** The text of the statement, and the file that it comes from. */
export async function originOf(ctx: Context, statement: string): Promise<StatementOrigin> {
  const file = statement === '-' ? 'standard input' : /^@(.+)$/s.exec(statement)?.[1]
  const read = async (): Promise<string> =>
    statement === '-' ? allText(ctx.io.stdin) : file === undefined ? statement : textOf(ctx, file)
  const found = (await read()).replace(/^\uFEFF/, '')
  if (found.trim() === '')
    throw new DbtoolError('USAGE', `${file === undefined ? 'the statement' : file} is empty`, {
      hint: 'pass one SQL statement',
    })
  return { text: found, file }
}

/** More than any statement that a person writes. */
const maxBytes = 16_777_216

function textOf(ctx: Context, file: string): string {
  try {
    return readRegularFile(resolve(ctx.io.cwd, file), { maxBytes, orPipe: true }).text
  } catch (cause) {
    throw new DbtoolError('USAGE', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  }
}
