import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { giveTo as giveFolder, prepareDirectories } from '../../src/server/directories.ts'
import { serverPaths, type ServerPaths } from '../../src/server/home.ts'
import { installData } from '../../src/server/install.ts'
import { foreignPart, foreignSentence } from '../../src/server/ownership.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { removeTree } from '../../src/server/remove-tree.ts'
import { resetServer } from '../../src/server/reset.ts'
import { startServer } from '../../src/server/start.ts'
import { findServer, serverStatus } from '../../src/server/status.ts'
import { stopServer } from '../../src/server/stop.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'
import { lyingServer } from '../support/lying-server.ts'
import { giveLinkTo, giveTo, isRoot, stranger } from '../support/other-user.ts'
import { temporaryHome } from './temporary-home.ts'

const folder = temporaryFolder({ servers: true })
let count = 0

/** A home below a folder that a user may enter. */
function newHome(): ServerPaths {
  const top = join(folder, String((count += 1)))
  mkdirSync(top, { mode: 0o755 })
  chmodSync(folder, 0o755)
  return serverPaths({ DBTOOL_HOME: join(top, 'home') })
}

describe.runIf(isRoot)('a home that another user could replace', () => {
  it.each<[what: string, foreign: (paths: ServerPaths) => string]>([
    ['because it lies in a folder of that user', ({ home }) => dirname(home)],
    ['because it is that user’s', ({ home }) => home],
    ['because the folder of the server is that user’s', ({ directory }) => directory],
  ])('is refused %s, and stays as it is', async (_what, foreign) => {
    const paths = newHome()
    mkdirSync(paths.directory, { recursive: true })
    giveTo(stranger, foreign(paths))
    for (const use of [startServer, stopServer, resetServer, serverStatus])
      await expect(use(paths)).rejects.toMatchObject({
        code: 'SERVER_FAILED',
        message: foreignSentence(foreign(paths)),
        hint: 'set DBTOOL_HOME to a folder of your own',
      })
    expect(readdirSync(paths.directory)).toEqual([])
  })

  it('through a link, or because everybody can write to it', () => {
    const paths = newHome()
    mkdirSync(join(folder, 'elsewhere'), { recursive: true })
    symlinkSync(join(folder, 'elsewhere'), paths.home)
    expect(foreignPart(paths)).toBeUndefined()
    giveLinkTo(stranger, paths.home)
    expect(foreignPart(paths)).toBe(paths.home)
    const open = newHome()
    mkdirSync(open.home)
    chmodSync(open.home, 0o777)
    expect(foreignPart(open)).toBe(open.home)
    chmodSync(open.home, 0o1777)
    expect(foreignPart(open)).toBeUndefined()
  })

  it('has a server that no command uses: it gets neither a login nor a password', async () => {
    const paths = newHome()
    mkdirSync(paths.run, { recursive: true })
    const server = await lyingServer({ switchTo: 'mysql_clear_password', socketPath: paths.socket })
    expect(await findServer(paths)).toMatchObject({ socket: paths.socket })
    giveTo(stranger, paths.home, paths.directory, paths.run, paths.socket)
    expect(await findServer(paths)).toEqual({
      foreign: expect.stringMatching(/^another user could .*, so it is ignored$/),
    })
    const env = { DBTOOL_HOME: paths.home, DB_PASSWORD: 'harmless' }
    const stopped = await dbtool('config show --json', { env })
    expect(stopped.error).toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(
        /^another user could replace .*, so it is ignored, but no other place names a server$/,
      ),
      hint: 'set DBTOOL_HOME to a folder of your own',
    })
    expect((await dbtool('config show --host h', { env })).exitCode).toBe(0)
    expect([server.connections() > 0, server.knows('harmless')]).toEqual([true, false])
  })
})

describe.runIf(isRoot)('root’s server', () => {
  it('writes nothing into a folder after it has given it away', async () => {
    const paths = newHome()
    const victim = join(dirname(paths.home), 'victim')
    writeFileSync(victim, 'harmless')
    const user = prepareDirectories(paths)
    const installDb = join(dirname(paths.home), 'install-db')
    writeFileSync(
      installDb,
      `#!/bin/sh
for word; do case $word in --datadir=*) data=\${word#--datadir=};; esac; done
rm -f "$data/.dbtool-private-server"
ln -s '${victim}' "$data/.dbtool-private-server"
mv "$data" "$data.moved" && ln -s '${dirname(victim)}' "$data"
exit 0
`,
    )
    chmodSync(installDb, 0o755)
    await installData({ paths, programs: { ...findPrograms(), installDb }, user })
    expect(readFileSync(victim, 'utf8')).toBe('harmless')
    expect([lstatSync(paths.data).isDirectory(), statSync(paths.data).uid]).toEqual([true, user.spawn.uid])
    expect(readdirSync(paths.directory).filter((name) => name.startsWith('new-'))).toEqual([])
  })

  it('gives away only what belonged to root', () => {
    const tree = join(folder, 'tree')
    mkdirSync(join(tree, 'below'), { recursive: true })
    const user = { spawn: { uid: 54_321, gid: 54_321 }, arguments: [], warnings: [] }
    giveTo(stranger, tree)
    giveFolder(tree, user)
    expect([statSync(tree).uid, statSync(join(tree, 'below')).uid]).toEqual([stranger, 0])
    giveTo(0, tree)
    giveFolder(tree, user)
    expect([statSync(tree).uid, statSync(join(tree, 'below')).uid]).toEqual([54_321, 54_321])
  })

  it('removes the data of another user as that user', () => {
    const data = join(newHome().home, '..', 'data')
    mkdirSync(join(data, 'rootly', 'below'), { recursive: true, mode: 0o700 })
    writeFileSync(join(data, 'rootly', 'below', 'file'), '')
    giveTo(stranger, data)
    expect(() => removeTree(data)).toThrow('ENOTEMPTY')
    expect(existsSync(join(data, 'rootly', 'below', 'file'))).toBe(true)
    giveTo(stranger, join(data, 'rootly'), join(data, 'rootly', 'below'))
    removeTree(data)
    expect(existsSync(data)).toBe(false)
  })

  it('starts again where a server of another user has left its folder', async () => {
    const paths = temporaryHome()
    mkdirSync(join(paths.run, 'left'), { recursive: true })
    giveTo(stranger, paths.run, join(paths.run, 'left'))
    for (const above of [paths.home, paths.directory]) chmodSync(above, 0o711)
    expect((await startServer(paths)).started).toBe(true)
    expect([statSync(paths.run).uid, existsSync(join(paths.run, 'left'))]).toEqual([statSync(paths.data).uid, false])
    expect(spawnSync('id', ['-un', String(statSync(paths.run).uid)]).status).toBe(0)
  }, 60_000)
})
