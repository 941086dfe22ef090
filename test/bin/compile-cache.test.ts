import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CompiledFile } from '../../bin/compiled-file.ts'
import { version } from '../../src/version.ts'
import { binary } from '../support/binary.ts'
import { temporaryFolder } from '../support/folder.ts'
import { giveTo, isRoot, stranger } from '../support/other-user.ts'

const folder = temporaryFolder()
let homes = 0
const newHome = (): string => {
  const home = join(folder, String((homes += 1)))
  mkdirSync(home)
  return home
}

/** `dbtool --version` with this environment and no other. */
function start(env: Record<string, string>): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [binary, '--version'], { env, encoding: 'utf8', timeout: 20_000 })
}
const fine = { stdout: `${version()}\n`, stderr: '', status: 0 }

/** Node 22 and later have a compile cache with its own files. */
const usesCompiledFile = process.versions.node.startsWith('20.')

describe('compiled code is cached for the next start', () => {
  it.each([
    ['in DBTOOL_HOME', (home: string) => ({ DBTOOL_HOME: home }), 'cache'],
    ['in XDG_CACHE_HOME', (home: string) => ({ XDG_CACHE_HOME: home, HOME: '/nowhere' }), 'dbtool'],
    ['else in ~/.cache', (home: string) => ({ HOME: home }), '.cache/dbtool'],
    [
      'where NODE_COMPILE_CACHE says',
      (home: string) => ({ NODE_COMPILE_CACHE: join(home, 'x'), DBTOOL_HOME: '/nowhere' }),
      'x',
    ],
  ])('%s', (_where, env, expected) => {
    const home = newHome()
    expect(start(env(home))).toMatchObject(fine)
    expect(readdirSync(join(home, expected))).not.toEqual([])
  })

  it('but not with NODE_DISABLE_COMPILE_CACHE=1', () => {
    const home = newHome()
    expect(start({ DBTOOL_HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })).toMatchObject(fine)
    expect(readdirSync(home)).toEqual([])
  })

  it.runIf(isRoot)('but not where another user could replace it', () => {
    const home = newHome()
    giveTo(stranger, home)
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(readdirSync(home)).toEqual([])
  })

  it('without a place for the cache, dbtool starts without it', () => {
    expect(start({ DBTOOL_HOME: '/proc/nowhere' })).toMatchObject(fine)
  })
})

describe.runIf(usesCompiledFile)('on Node 20, the cache file', () => {
  const cacheIn = (home: string): string => join(home, 'cache', `compiled-${process.version}-${process.arch}`)

  it('is written once and then reused', () => {
    const home = newHome()
    start({ DBTOOL_HOME: home })
    const { mode, ino } = statSync(cacheIn(home))
    expect(mode & 0o777).toBe(0o600)
    expect(statSync(dirname(cacheIn(home))).mode & 0o777).toBe(0o700)
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(statSync(cacheIn(home)).ino, 'nothing had to be compiled').toBe(ino)
  })

  it.each<[what: string, damage: (path: string) => void]>([
    ['is empty', (path) => truncateSync(path)],
    ['ends early', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['is something else', (path) => writeFileSync(path, 'not compiled code')],
    [
      'has no contents',
      (path) => writeFileSync(path, Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('null')])),
    ],
  ])('that %s is written again', (_what, damage) => {
    const home = newHome()
    start({ DBTOOL_HOME: home })
    const whole = statSync(cacheIn(home)).size
    damage(cacheIn(home))
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(statSync(cacheIn(home)).size).toBeGreaterThan(whole * 0.9)
  })

  it.runIf(process.getuid?.() === 0)('of another user is not run, but replaced', () => {
    const home = newHome()
    start({ DBTOOL_HOME: home })
    chownSync(cacheIn(home), 65_534, 65_534)
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(statSync(cacheIn(home)).uid).toBe(0)
  })

  it('does not serve a source that changed without changing its length, the only thing that V8 checks', () => {
    const home = newHome()
    const tool = join(folder, 'tool', 'dist', 'cli')
    cpSync(dirname(binary), tool, { recursive: true })
    cpSync(join(dirname(binary), '..', '..', 'package.json'), join(folder, 'tool', 'package.json'))
    const help = (): string =>
      spawnSync(process.execPath, [join(tool, 'dbtool.cjs'), '--help'], {
        env: { DBTOOL_HOME: home },
        encoding: 'utf8',
      }).stdout
    expect([help(), help()]).toEqual([
      expect.stringContaining('A shop on MariaDB'),
      expect.stringContaining('A shop on MariaDB'),
    ])
    const program = join(tool, 'chunk-program.cjs')
    writeFileSync(program, readFileSync(program, 'utf8').replace('A shop on MariaDB', 'A shed on MariaDB'))
    expect([help(), help()]).toEqual([
      expect.stringContaining('A shed on MariaDB'),
      expect.stringContaining('A shed on MariaDB'),
    ])
  })

  it.each([
    ['in the middle', 0.5],
    ['at the end', 0.999],
  ])('with wrong bytes, on which V8 would crash, is detected: %s', (_where, at) => {
    const home = newHome()
    start({ DBTOOL_HOME: home })
    const bytes = readFileSync(cacheIn(home))
    const wrong = Math.floor(bytes.length * at)
    for (let index = wrong; index < Math.min(wrong + 500, bytes.length); index += 1)
      bytes[index] = (bytes[index] ?? 0) ^ 0xff
    writeFileSync(cacheIn(home), bytes)
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(readFileSync(cacheIn(home)).equals(bytes), 'and made again').toBe(false)
  })

  it('nothing is left where it cannot be put', () => {
    const home = newHome()
    mkdirSync(cacheIn(home), { recursive: true })
    expect(start({ DBTOOL_HOME: home })).toMatchObject(fine)
    expect(readdirSync(join(home, 'cache'))).toHaveLength(1)
  })
})

describe('a file of compiled code', () => {
  const compiled = (file: string, text: string): { file: string; changedMs: number; code: Buffer } => ({
    file,
    changedMs: statSync(file).ctimeMs,
    code: Buffer.from(text),
  })

  it('gives what was added, of files that are as they were', () => {
    mkdirSync(join(folder, 'code'))
    const [a, b, gone] = ['a', 'b', 'gone'].map((name) => join(folder, 'code', name)) as [string, string, string]
    writeFileSync(a, '')
    writeFileSync(b, '')
    const path = join(folder, 'made when', 'needed')
    new CompiledFile(path).add([compiled(a, 'what a is'), { file: gone, changedMs: 1, code: Buffer.from('nothing') }])
    new CompiledFile(path).add([compiled(b, 'what b is')])
    const file = new CompiledFile(path)
    const codes = [a, b, gone].map((source) =>
      file.codeOf(source, existsSync(source) ? statSync(source).ctimeMs : 1)?.toString(),
    )
    expect(codes).toEqual(['what a is', 'what b is', undefined])
    expect(file.codeOf(a, statSync(a).ctimeMs - 1), 'of another file').toBeUndefined()
    expect(readdirSync(dirname(path)), 'nothing half done').toEqual(['needed'])
  })

  it('has nothing and fails nowhere where nothing can be written', () => {
    const path = join(folder, 'closed', 'file')
    mkdirSync(dirname(path))
    writeFileSync(join(folder, 'plain'), '')
    chmodSync(dirname(path), 0o500)
    for (const nowhere of ['/proc/nowhere/file', join(folder, 'plain', 'file')]) {
      const file = new CompiledFile(nowhere)
      file.add([compiled(folder, 'x')])
      expect(file.codeOf(folder, statSync(folder).ctimeMs)).toBeUndefined()
    }
  })
})
