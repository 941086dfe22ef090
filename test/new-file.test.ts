import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { NewFile } from '../src/new-file.ts'
import { createFile, openForAppending, replaceFile } from '../src/write-file.ts'
import { temporaryFolder } from './support/folder.ts'

const top = temporaryFolder()
let count = 0
let folder: string
/** A folder such as /tmp. */
let open: string
let victim: string
beforeEach(() => {
  count += 1
  folder = join(top, String(count))
  open = join(folder, 'open')
  mkdirSync(open, { recursive: true })
  chmodSync(open, 0o1777)
  victim = join(folder, 'victim')
  writeFileSync(victim, 'harmless')
})

async function write(path: string, mode?: number): Promise<void> {
  const file = await NewFile.create({ path, cwd: folder, force: true, flag: '--output', mode })
  await file.handle.writeFile('data')
  await file.handle.close()
  await file.commit()
  await file.cleanUp()
}

describe('a file for data', () => {
  it.skipIf(!existsSync('/dev/shm'))('is created in the memory of /dev/shm, which is no stream', async () => {
    const memory = mkdtempSync('/dev/shm/dbtool-test-')
    await write(join(memory, 'out'))
    expect(readFileSync(join(memory, 'out'), 'utf8')).toBe('data')
    rmSync(memory, { recursive: true })
  })

  it.each<[what: string, path: string, link: () => string]>([
    ['itself', 'open/out', () => join(open, 'out')],
    ['a folder on its way', 'open/way/out', () => join(open, 'way')],
    ['at the end of a link', 'mine', () => join(open, 'out')],
  ])('follows no link in a folder that everybody can write to: %s', async (_what, path, link) => {
    symlinkSync(path.includes('way') ? folder : victim, link())
    symlinkSync('open/out', join(folder, 'mine'))
    await expect(write(path)).rejects.toMatchObject({
      code: 'USAGE',
      message: `cannot write ${path}: ${link()} is a link in a folder that everybody can write to`,
      hint: 'choose another file with --output',
    })
    expect(readFileSync(victim, 'utf8')).toBe('harmless')
    expect(readdirSync(folder).sort()).toEqual(['mine', 'open', 'victim'])
  })

  it('follows a link elsewhere, and replaces its end', async () => {
    symlinkSync('victim', join(folder, 'link'))
    await write('link')
    expect([readlinkSync(join(folder, 'link')), readFileSync(victim, 'utf8')]).toEqual(['victim', 'data'])
  })

  it('has its permissions from the beginning, whatever the umask', async () => {
    const umask = process.umask(0)
    try {
      const file = await NewFile.create({ path: 'out', cwd: folder, force: false, flag: '--output', mode: 0o600 })
      const [temporary = ''] = readdirSync(folder).filter((name) => name.startsWith('.'))
      expect(temporary).toMatch(/^\.out\.[0-9a-f]{12}\.tmp$/)
      expect(statSync(join(folder, temporary)).mode & 0o777).toBe(0o600)
      await file.handle.close()
      await file.cleanUp()
      process.umask(0o077)
      await write('out', 0o664)
      expect(statSync(join(folder, 'out')).mode & 0o777).toBe(0o664)
    } finally {
      process.umask(umask)
    }
  })
})

describe('a small file', () => {
  it('replaces a link and does not follow it', () => {
    symlinkSync(victim, join(folder, 'file'))
    replaceFile(join(folder, 'file'), 'data', { mode: 0o600 })
    expect(lstatSync(join(folder, 'file')).isFile()).toBe(true)
    expect([readFileSync(victim, 'utf8'), statSync(join(folder, 'file')).mode & 0o777]).toEqual(['harmless', 0o600])
  })

  it('is not created where there is anything, even a link that leads nowhere', () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'file'))
    expect(() => createFile(join(folder, 'file'), 'data', { mode: 0o600 })).toThrow('EEXIST')
    expect(readdirSync(folder)).not.toContain('nowhere')
  })

  it('leaves nothing behind when it cannot be put in place', () => {
    mkdirSync(join(folder, 'file', 'full'), { recursive: true })
    expect(() => replaceFile(join(folder, 'file'), 'data', { mode: 0o600 })).toThrow()
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('a log is not appended to through a link', () => {
    symlinkSync(victim, join(folder, 'log'))
    expect(() => openForAppending(join(folder, 'log'), 0o600)).toThrow('ELOOP')
  })
})

it.each([
  ['before it is complete', ''],
  ['while it is removed', 'void file.cleanUp()'],
])('the temporary file is gone when the process ends %s', (_when, statement) => {
  const script = `
    import { NewFile } from ${JSON.stringify(new URL('../dist/src/new-file.js', import.meta.url).href)}
    const request = { path: 'out', cwd: ${JSON.stringify(folder)}, force: false, flag: '--output' }
    const file = await NewFile.create(request)
    ${statement}
    process.exit(0)`
  execFileSync(process.execPath, ['--input-type=module', '-e', script])
  expect(readdirSync(folder).sort()).toEqual(['open', 'victim'])
})
