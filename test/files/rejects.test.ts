import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, lstatSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openRecordFile, type RecordFile } from '../../src/files/record-file.ts'
import { RejectsFile } from '../../src/files/rejects.ts'
import { collect, failure, header, options, readAll, scratch } from './fixture.ts'

const file = scratch()

test.each([
  {
    name: 'in.csv',
    content: `${header}\r\nA,"a, ""b""",x,1\r\nB,b\r\n`,
    written: `${header},line,reason\nA,"a, ""b""",x,1,2,"no ""x"" here"\nB,b,3,"no ""x"" here"\n`,
  },
  {
    name: 'semicolons.csv',
    content: '\uFEFForder_ref;user;sku;quantity\nA;"a\n b";x;1\n',
    written: 'order_ref;user;sku;quantity;line;reason\nA;"a\n b";x;1;2;"no ""x"" here"\n',
    delimiter: ';',
  },
  {
    name: 'in.ndjson',
    content: '{"order_ref":"A","quantity":1.50} \n{}\nbroken\n',
    written: `{"order_ref":"A","quantity":1.50,"line":1,"reason":"no \\"x\\" here"}
{"line":2,"reason":"no \\"x\\" here"}
{"raw":"broken","line":3,"reason":"no \\"x\\" here"}
`,
  },
])('$name: rejects as they came', async ({ name, content, written, delimiter }) => {
  const path = file('rejects', 'old')
  await open(name, content, delimiter, async (opened) => {
    const rejects = await RejectsFile.create({ path, cwd: '/', force: true }, opened)
    for (const record of await collect(opened.records())) await rejects.add(record, 'no "x"\n here')
    expect(readFileSync(path, 'utf8')).toBe('old')
    await rejects.close()
    await rejects.close()
  })
  expect(readFileSync(path, 'utf8')).toBe(written)
  expect(statSync(path).mode & 0o711).toBe(0o600)
  expect(readdirSync(dirname(path)).filter((left) => left.endsWith('.tmp'))).toEqual([])
})

test('what was rejected can be read again', async () => {
  const path = join(dirname(file('x', '')), 'again.csv')
  await open('in.csv', `${header}\nA,"a\nb",x,1\n`, undefined, async (opened) => {
    const rejects = await RejectsFile.create({ path, cwd: '/', force: false }, opened)
    for (const record of await collect(opened.records())) await rejects.add(record, 'why')
    await rejects.close()
    const [again] = await readAll(path)
    expect(again).toMatchObject({ fault: undefined, values: (await collect(opened.records()))[0]?.values })
  })
})

test('many at once keep their order and are all there after a failure elsewhere', async () => {
  const path = join(dirname(file('x', '')), 'many.csv')
  await open('in.csv', `${header}\n`, undefined, async (opened) => {
    const rejects = await RejectsFile.create({ path, cwd: '/', force: false }, opened)
    await Promise.all(Array.from({ length: 20_000 }, (_, line) => rejects.add({ line, raw: 'A,a,x,1' }, 'why')))
    expect(existsSync(path)).toBe(false)
    await rejects.close()
  })
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)
  expect(lines).toEqual(Array.from({ length: 20_000 }, (_, line) => `A,a,x,1,${line},"why"`))
})

test('a link stays a link, and a device a device', async () => {
  const target = file('target.csv', 'old')
  const link = join(dirname(target), 'link.csv')
  symlinkSync(target, link)
  await open('in.csv', `${header}\n`, undefined, async (opened) => {
    await (await RejectsFile.create({ path: link, cwd: '/', force: true }, opened)).close()
    await (await RejectsFile.create({ path: '/dev/null', cwd: '/', force: false }, opened)).close()
  })
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe(`${header},line,reason\n`)
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
})

test('a place that cannot be written to is refused before anything is read', async () => {
  const input = file('in.csv', `${header}\n`)
  const directory = join(dirname(input), 'directory')
  mkdirSync(directory)
  await open('in.csv', `${header}\n`, undefined, async (opened) => {
    for (const [path, why] of [
      [input, 'it is the file being read'],
      [directory, 'it is a folder'],
      [join(dirname(input), 'none', 'r.csv'), 'its folder does not exist'],
    ] as const) {
      const error = await failure(RejectsFile.create({ path, cwd: '/', force: false }, opened))
      expect([error.code, error.message]).toEqual(['USAGE', `cannot write ${path}: ${why}`])
    }
  })
})

test('an existing file is not replaced, not even one that is created meanwhile', async () => {
  const path = file('kept.csv', 'old')
  const late = join(dirname(path), 'late.csv')
  await open('in.csv', `${header}\nA,a,x,1\n`, undefined, async (opened) => {
    expect(await failure(RejectsFile.create({ path, cwd: '/', force: false }, opened))).toMatchObject({
      code: 'USAGE',
      message: `${path} already exists`,
      hint: 'choose another file, or add --force to replace it',
    })
    const rejects = await RejectsFile.create({ path: late, cwd: '/', force: false }, opened)
    await rejects.add({ line: 2, raw: 'A,a,x,1' }, 'why')
    file('late.csv', 'new')
    const error = await failure(rejects.close())
    const [, temporary = ''] = /the rejects are in (.*)$/.exec(error.message) ?? []
    expect(readFileSync(temporary, 'utf8')).toContain('A,a,x,1,2,"why"')
  })
  expect([readFileSync(path, 'utf8'), readFileSync(late, 'utf8')]).toEqual(['old', 'new'])
})

type Use = (file: RecordFile) => Promise<void>

async function open(name: string, content: string, delimiter: string | undefined, use: Use): Promise<void> {
  const opened = await openRecordFile(file(name, content), options({ delimiter }))
  try {
    await use(opened)
  } finally {
    await opened.close()
  }
}
