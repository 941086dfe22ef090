import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'
import { giveLinkTo, giveTo, isRoot, othersCanRun, runAs, somebody, stranger } from '../support/other-user.ts'

/** A home with a project, and files of this user outside the project. */
const top = temporaryFolder()
const home = join(top, 'home')
const project = join(home, 'project')
const below = join(project, 'below')
const secret = join(home, 'secret')
const own = join(home, '.config', 'dbtool', 'config.json')

function put(path: string, content: string | object, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(path, mode)
  return path
}

beforeEach(() => {
  chmodSync(top, 0o755)
  rmSync(home, { recursive: true, force: true })
  for (const folder of [home, project, below]) mkdirSync(folder)
  put(secret, 'harmless\n')
})

const inProject = (line: string, cwd = project): Promise<Outcome> =>
  dbtool(line, { cwd, env: { HOME: home, XDG_CONFIG_HOME: '', DBTOOL_HOME: join(home, 'nothing') } })

/** The sentences of a refused configuration. */
async function faults(line = 'config show --json'): Promise<string[]> {
  const refused = await inProject(line)
  expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).not.toContain('harmless')
  return refused.error.faults ?? [refused.error.message]
}

const host = 'DB_HOST=db.example.com\n'
const found: Record<string, (file: string) => void> = {
  '.env': (file) => put(join(project, '.env'), `${host}DB_PASSWORD_FILE=${file}\n`),
  '.dbtool.json': (file) =>
    put(join(project, '.dbtool.json'), {
      profiles: { dev: { host: 'db.example.com', passwordFile: file } },
      default: 'dev',
    }),
}

describe.each(Object.keys(found))('a %s that is found', (name) => {
  const naming = found[name] ?? (() => undefined)

  it.each(['../secret', secret, 'link', 'folder/secret', '/etc/passwd', '/dev/fd/0'])(
    'names no password file outside its folder: %s',
    async (file) => {
      symlinkSync(secret, join(project, 'link'))
      symlinkSync(home, join(project, 'folder'))
      naming(file)
      expect(await faults()).toEqual([expect.stringMatching(/ names the file .*, which is outside the folder of /)])
    },
  )

  it.each(['password', './below/password', join(project, 'password'), 'link'])('but one inside: %s', async (file) => {
    put(join(project, 'password'), 'p')
    put(join(below, 'password'), 'p')
    symlinkSync('below/password', join(project, 'link'))
    naming(file)
    expect((await inProject('config show --json')).exitCode).toBe(0)
  })
})

describe('a password file outside is used', () => {
  it.each<[what: string, flags: string, prepare: () => void]>([
    ['with --password-file', '--password-file ../secret', () => undefined],
    [
      'by an env file with --env-file',
      '--env-file ../my.env',
      () => put(join(home, 'my.env'), 'DB_PASSWORD_FILE=../secret'),
    ],
    [
      "by a profile of this user's configuration",
      '--profile mine',
      () => put(own, { profiles: { mine: { host: 'h', passwordFile: secret } } }),
    ],
  ])('if it is named %s', async (_what, flags, prepare) => {
    prepare()
    expect((await inProject(`config show --json --host h ${flags}`)).exitCode).toBe(0)
  })
})

it('a found file does not redirect the password of a profile of this user', async () => {
  put(own, { profiles: { mine: { host: 'mine.example.com', password: 'harmless' } } })
  put(join(project, '.env'), `${host}DBTOOL_PROFILE=mine\n`)
  expect(await faults()).toEqual([
    '.env names a server, and would send it the password of profile mine of ~/.config/dbtool/config.json',
  ])
  expect((await inProject('config show --profile mine')).exitCode).toBe(0)
  put(join(project, '.env'), 'DBTOOL_PROFILE=mine\n')
  expect((await inProject('config show')).exitCode).toBe(0)
})

describe('a password file', () => {
  it.each<[what: string, content: string, why: string]>([
    ['of two lines', 'harmless\nsecond\n', 'it has more than one line'],
    ['of more than 4 KiB', 'harmless'.repeat(513), 'it is longer than 4096 bytes'],
  ])('%s is refused', async (_what, content, why) => {
    put(join(project, 'password'), content)
    expect(await faults('config show --json --password-file password')).toEqual([
      `cannot read the password file password: ${why}`,
    ])
  })

  it('may have 4 KiB, and no line end', async () => {
    put(join(project, 'password'), 'x'.repeat(4_096))
    expect((await inProject('config show --password-file password')).exitCode).toBe(0)
  })

  it.skipIf(process.platform !== 'linux')('may be what a shell makes of <(command)', () => {
    const line = 'exec "$0" "$1" config show --host h --password-file <(echo harmless) --field value'
    const script = [
      '--norc',
      '-c',
      line,
      process.execPath,
      new URL('../../dist/cli/dbtool.cjs', import.meta.url).pathname,
    ]
    expect(execFileSync('bash', script, { cwd: project, encoding: 'utf8' })).toContain('h\n')
  })
})

describe('a pipe where a file is expected ends no command in a wait', () => {
  const pipe = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true })
    execFileSync('mkfifo', [path])
  }
  it.each<[path: string, flags: string, outcome: [exitCode: number, message: string]]>([
    [join(project, '.env'), '--host h', [0, '.env is not a regular file, so it is ignored']],
    [join(project, '.env'), '', [2, '.env is not a regular file']],
    [join(project, '.dbtool.json'), '--host h', [0, '.dbtool.json is not a regular file']],
    [own, '--host h', [2, 'cannot read ~/.config/dbtool/config.json: it is not a regular file']],
    [join(project, 'p'), '--host h --password-file p', [2, 'it is not a regular file']],
    [join(project, 'p'), '--defaults-file p', [2, 'it is not a regular file']],
  ])('%s %s', (path, flags, [exitCode, message]) => {
    pipe(path)
    const argv = ['config', 'show', '--format', 'count', ...flags.split(' ').filter((word) => word !== '')]
    const finished = runAs(undefined, argv, project, { HOME: home })
    expect([finished.exitCode, finished.stderr]).toEqual([exitCode, expect.stringContaining(message)])
  })

  it('--ssl-ca', () => {
    pipe(join(project, 'p'))
    const argv = ['connection', 'test', '--host', '127.0.0.1', '--port', '1', '--ssl-ca', 'p']
    const finished = runAs(undefined, argv, project, { HOME: home })
    expect([finished.exitCode, finished.stderr]).toEqual([2, expect.stringContaining('cannot read the certificate')])
  })
})

/** The value of DB_HOST, and the warnings. */
async function hostIn(cwd: string, flags = ''): Promise<{ host: string; warnings: string }> {
  const { exitCode, stdout, stderr } = await inProject(`config show --format tsv ${flags}`, cwd)
  expect([exitCode, stderr]).toEqual([0, expect.any(String)])
  const host = /^DB_HOST\t(.*?)\t/m.exec(stdout)?.[1] ?? ''
  return { host, warnings: stderr }
}

const names: readonly (readonly [name: string, content: string])[] = [
  ['.env', host],
  ['.dbtool.json', '{"profiles":{"dev":{"host":"db.example.com"}},"default":"dev"}'],
]

describe.each(names)('a %s is ignored', (name, content) => {
  const file = join(project, name)

  /** It does not apply, and a command that names its server works; one that does not is stopped. */
  async function isIgnored(why: RegExp): Promise<void> {
    const { host: used, warnings } = await hostIn(project, '--host h')
    expect([used, warnings]).toEqual(['h', expect.stringMatching(why)])
    expect(await faults()).toEqual([expect.stringMatching(/so it is ignored, but no other place names a server$/)])
  }

  it('which config profiles and doctor say, too', async () => {
    put(file, content, 0o666)
    for (const line of ['config profiles', 'doctor', 'config profiles --host h', 'doctor --host 127.0.0.1 --port 1'])
      expect((await inProject(line)).stderr + (await inProject(line)).stdout, line).toMatch(
        /every user of this machine/,
      )
  })

  it('if every user can write to it', async () => {
    put(file, content, 0o666)
    await isIgnored(/^warning: every user of this machine can write to .*, so it is ignored; run: chmod o-w /)
  })

  it('if it is a link to a file outside its folder', async () => {
    symlinkSync(put(join(home, 'elsewhere'), content), file)
    await isIgnored(/^warning: .* is a link to a file outside its folder/)
  })

  it('but not if it is a link to one inside', async () => {
    put(join(below, 'file'), content)
    symlinkSync('below/file', file)
    expect(await hostIn(project)).toEqual({ host: 'db.example.com', warnings: '' })
  })

  const foreign =
    / or its folder belongs to another user \(\d+\), so it is ignored; if you trust that user, run: dbtool /
  it.runIf(isRoot)('for root, if it and its folder belong to another user', async () => {
    put(file, content)
    giveTo(somebody, project, file)
    await isIgnored(foreign)
  })

  it.runIf(isRoot)('for root in a folder of another user, even if it belongs to root', async () => {
    put(file, content)
    giveTo(somebody, project)
    await isIgnored(foreign)
  })

  it.runIf(isRoot)('for root, if the link belongs to another user, wherever it leads', async () => {
    put(join(below, 'file'), content)
    symlinkSync('below/file', file)
    giveLinkTo(somebody, file)
    const { host: used, warnings } = await hostIn(project)
    expect([used, warnings]).toEqual(['localhost', expect.stringMatching(foreign)])
  })

  it.runIf(isRoot)('for root, if the end of the link belongs to another user', async () => {
    symlinkSync('below/file', file)
    giveTo(somebody, put(join(below, 'file'), content))
    const { host: used, warnings } = await hostIn(project)
    expect([used, warnings]).toEqual(['localhost', expect.stringMatching(foreign)])
  })

  it.runIf(othersCanRun)('for an ordinary user, if it belongs to a stranger; but not if it belongs to root', () => {
    put(file, content, 0o644)
    giveTo(somebody, project)
    const show = (): { exitCode: number | null; stdout: string; stderr: string } =>
      runAs(somebody, ['config', 'show', '--format', 'tsv'], project)
    expect(show()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('db.example.com'), stderr: '' })
    giveTo(stranger, file)
    expect(show()).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(foreign) })
    expect(show().stdout).not.toContain('db.example.com')
    giveTo(stranger, project)
    expect(show()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('but no other place names a server') })
  })

  it.runIf(isRoot)('unless the folder is trusted', async () => {
    put(file, content)
    giveTo(somebody, project, file)
    expect((await inProject('config trust .')).stderr).toBe(`✔ files found in ${project} are trusted\n`)
    expect(await hostIn(project)).toEqual({ host: 'db.example.com', warnings: '' })
    chmodSync(file, 0o666)
    await isIgnored(/every user of this machine can write to/)
    chmodSync(file, 0o600)
    expect((await inProject('config untrust .')).exitCode).toBe(0)
    await isIgnored(foreign)
  })
})

describe("a stranger's .dbtool.json above", () => {
  it.runIf(isRoot)('is passed over with a warning, and stops no command', async () => {
    const tmp = join(top, 'tmp')
    const mine = join(tmp, 'mine')
    mkdirSync(mine, { recursive: true })
    chmodSync(tmp, 0o1777)
    giveTo(stranger, put(join(tmp, '.dbtool.json'), names[1]?.[1] ?? '', 0o644))
    const { host: used, warnings } = await hostIn(mine)
    expect([used, warnings]).toEqual([
      'localhost',
      expect.stringMatching(/^warning: \.\.\/\.dbtool\.json or its folder/),
    ])
    expect(await inProject('config show --profile dev --json', mine)).toMatchObject({
      exitCode: 2,
      error: {
        message: "unknown profile 'dev' (--profile)",
        hint: expect.stringMatching(/so it is ignored; if you trust/),
      },
    })
    expect((await inProject('completion bash -- users list --profile d', mine)).stdout).toBe('')
    put(join(top, '.dbtool.json'), names[1]?.[1] ?? '')
    expect((await hostIn(mine)).host).toBe('db.example.com')
    rmSync(join(top, '.dbtool.json'))
  })
})

describe('config trust', () => {
  it('keeps a list in the configuration of this user, and forgets', async () => {
    const listed = async (): Promise<unknown> => (await inProject('config trust --list --json')).json()
    expect(await listed()).toEqual([])
    expect((await inProject('config trust --list')).stderr).toBe('No folder of another user is trusted.\n')
    symlinkSync(below, join(project, 'link'))
    expect((await inProject('config trust link --json')).json()).toEqual({ folder: below })
    expect((await inProject('config trust below')).stderr).toBe(`✔ files found in ${below} were trusted already\n`)
    await inProject('config trust .')
    expect(await listed()).toEqual([{ folder: project }, { folder: below }])
    rmSync(below, { recursive: true })
    expect((await inProject('config untrust below --json')).json()).toEqual({ folder: below })
    expect(await listed()).toEqual([{ folder: project }])
  })

  it.each<[line: string, code: string, message: string]>([
    ['config trust nowhere', 'USAGE', "'nowhere' is not a folder"],
    ['config trust .env', 'USAGE', "'.env' is not a folder"],
    [
      'config trust open',
      'USAGE',
      `every user of this machine can write to ${join(project, 'open')}, so it cannot be trusted`,
    ],
    ['config untrust .', 'NOT_FOUND', "'.' is not a trusted folder"],
    ['config trust', 'USAGE', 'missing <folder>'],
  ])('%s is refused', async (line, code, message) => {
    put(join(project, '.env'), '')
    mkdirSync(join(project, 'open'))
    chmodSync(join(project, 'open'), 0o1777)
    expect((await inProject(`${line} --json`)).error).toMatchObject({ code, message })
  })

  it('does not believe a list that every user can write to', async () => {
    const list = put(join(dirname(own), 'trusted'), `${project}\n`, 0o666)
    expect((await inProject('config trust --list --json')).error).toMatchObject({
      code: 'BAD_CONFIG',
      message: `every user of this machine can write to ${list}, so it is ignored`,
      hint: `run: chmod o-w ${list}`,
    })
  })
})
