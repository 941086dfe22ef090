import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { prepareDirectories } from '../../src/server/directories.ts'
import { checkSocketPath, serverPaths } from '../../src/server/home.ts'
import { findPrograms, installCommand } from '../../src/server/programs.ts'
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

  it.each([
    ['ID=debian', 'apt-get install mariadb-server-core mariadb-client-core'],
    ['ID=linuxmint ID_LIKE="ubuntu debian"', 'apt-get install mariadb-server-core mariadb-client-core'],
    ['ID=fedora', 'dnf install mariadb-server'],
    ['ID=arch', 'pacman -S mariadb'],
    ['darwin', 'brew install mariadb'],
    ['ID=plan9', undefined],
  ])('%s → %s', (system, command) => {
    expect(installCommand(system)).toBe(command)
  })
})
