import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { prepareDirectories } from '../../src/server/directories.ts'
import { checkSocketPath, serverPaths } from '../../src/server/home.ts'
import { installCommand } from '../../src/server/install-command.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { root } from './temporary-home.ts'

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'dbt-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('the home of the private server', () => {
  it.each([
    [{ DBTOOL_HOME: '/a/b', XDG_DATA_HOME: '/c', HOME: '/' }, '/a/b'],
    [{ DBTOOL_HOME: '', XDG_DATA_HOME: '/c', HOME: '/' }, '/c/dbtool'],
    [{ HOME: '/' }, '/.local/share/dbtool'],
  ])('%o → %s', (env, home) => {
    expect(serverPaths(env)).toMatchObject({
      home,
      data: `${home}/server/data`,
      socket: `${home}/server/run/mariadb.sock`,
    })
  })

  it.runIf(root)('is /var/lib/dbtool for a root whose home is closed to the server', () => {
    expect(serverPaths({ HOME: directory() }).home).toBe('/var/lib/dbtool')
  })

  it.runIf(root)('stays the same once it was created, also for root in a new home', () => {
    const home = directory()
    chmodSync(home, 0o755)
    const { home: before } = serverPaths({ HOME: home })
    expect(before).toBe(join(home, '.local', 'share', 'dbtool'))
    expect(prepareDirectories(serverPaths({ HOME: home })).warnings).toEqual([])
    expect(serverPaths({ HOME: home }).home).toBe(before)
  })

  it('is rejected at once where it cannot exist', () => {
    expect(() => prepareDirectories(serverPaths({ DBTOOL_HOME: '/proc/nowhere/at/all' }))).toThrow(
      'cannot use /proc/nowhere/at/all for the private server (ENOENT at /proc/nowhere)',
    )
  })

  it('takes a socket path of 103 bytes, and none of 104', () => {
    const long = '/server/run/mariadb.sock'.length
    expect(() => checkSocketPath(serverPaths({ DBTOOL_HOME: `/${'h'.repeat(102 - long)}` }))).not.toThrow()
    expect(() => checkSocketPath(serverPaths({ DBTOOL_HOME: `/${'h'.repeat(103 - long)}` }))).toThrow('104 bytes')
  })
})

describe("MariaDB's programs", () => {
  it('are found without a PATH', () => {
    const programs = findPrograms({})
    expect(programs.mariadbd).toMatch(/\/mariadbd$/)
    expect(programs.installDb).toMatch(/\/mariadb-install-db$/)
  })

  it('are searched only in DBTOOL_MARIADBD, if it is set', () => {
    const empty = directory()
    expect(() => findPrograms({ DBTOOL_MARIADBD: empty })).toThrow(
      `DBTOOL_MARIADBD is ${empty}, but mariadbd was not found there`,
    )
  })

  const core = 'mariadb-server-core mariadb-client-core'
  it.each<[string, string, [server: string, client: string, dump: string, backup: string]]>([
    ['ID=debian', 'apt-get install', [core, 'mariadb-client-core', 'mariadb-client', 'mariadb-backup']],
    [
      'ID=linuxmint ID_LIKE="ubuntu debian"',
      'apt-get install',
      [core, 'mariadb-client-core', 'mariadb-client', 'mariadb-backup'],
    ],
    ['ID=fedora', 'dnf install', ['mariadb-server', 'mariadb', 'mariadb', 'mariadb-backup']],
    [
      'ID="rocky" ID_LIKE="rhel centos fedora"',
      'dnf install',
      ['mariadb-server', 'mariadb', 'mariadb', 'mariadb-backup'],
    ],
    ['ID=arch', 'pacman -S', ['mariadb', 'mariadb-clients', 'mariadb-clients', 'mariadb']],
    [
      'ID="opensuse-leap" ID_LIKE="suse opensuse"',
      'zypper install',
      ['mariadb', 'mariadb-client', 'mariadb-client', 'mariadb'],
    ],
    ['ID=alpine', 'apk add', ['mariadb mariadb-client', 'mariadb-client', 'mariadb-client', 'mariadb-backup']],
    ['darwin', 'brew install', ['mariadb', 'mariadb', 'mariadb', 'mariadb']],
  ])('have packages on %s', (system, install, packages) => {
    const components = ['server', 'client', 'dump', 'backup'] as const
    const commands = components.map((component) => installCommand(component, system)?.replace(/^sudo /, ''))
    expect(commands).toEqual(packages.map((names) => `${install} ${names}`))
  })

  it('are installed in another way on a system that dbtool does not know', () => {
    expect(installCommand('backup', 'ID=plan9')).toBeUndefined()
  })
})
