import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { urlParts } from '../src/connection-url.ts'
import { InvalidValue } from '../src/errors.ts'
import { parseHosts } from '../src/hosts.ts'
import { dbtool } from './support/cli.ts'
import { temporaryFolder } from './support/folder.ts'

const folder = temporaryFolder()
const home = { DBTOOL_HOME: '/nowhere', HOME: folder, XDG_CONFIG_HOME: '' }

/** A value, or the message of the error. */
function outcome<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    if (error instanceof InvalidValue) return error.message
    throw error
  }
}

describe('a list of hosts', () => {
  it.each<[text: string, hosts: string]>([
    ['db.example.com', 'db.example.com'],
    ['db:3307', 'db 3307'],
    ['a,b:3307,c', 'a | b 3307 | c'],
    ['a, b:3307', 'a | b 3307'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['a,[::ffff:192.0.2.1]:1', 'a | ::ffff:192.0.2.1 1'],
    ['1:2:3', "must have a port from 1 to 65535 after its colon, not '1:2:3'"],
    ['[::1]:3307,[2001:db8::2],b', '::1 3307 | 2001:db8::2 | b'],
    ['192.0.2.1:1,192.0.2.1:2', '192.0.2.1 1 | 192.0.2.1 2'],
    ['a,,b', 'must not have an empty place between its commas'],
    ['a,', 'must not have an empty place between its commas'],
    ['a,b,a', "names 'a' twice"],
    ['::1,b', 'needs brackets around an address of IPv6: [::1]'],
    ['a:0', "must have a port from 1 to 65535 after its colon, not 'a:0'"],
    ['a:65536,b', "must have a port from 1 to 65535 after its colon, not 'a:65536'"],
    ['a:b', "must have a port from 1 to 65535 after its colon, not 'a:b'"],
    ['a b', "must be a host name or an address, not 'a b'"],
    ['[a]', "must be a host name or an address, not '[a]'"],
    ['ada@a,b', "must be a host name or an address, not 'ada@a'"],
  ])('%s', (text, hosts) => {
    const parsed = outcome(() => parseHosts(text))
    const inText = (found: typeof parsed): string =>
      typeof found === 'string'
        ? found
        : found.map(({ host, port }) => (port === undefined ? host : `${host} ${port}`)).join(' | ')
    expect(inText(parsed)).toBe(hosts)
  })

  it.each<[url: string, parts: object | string]>([
    ['mariadb://ada@a:1,b:2,c/shop', { DB_HOST: 'a:1,b:2,c', DB_USER: 'ada', DB_NAME: 'shop' }],
    ['mariadb://ada:x,y@[::1]:1,b/shop', { DB_HOST: '[::1]:1,b', DB_USER: 'ada', DB_PASSWORD: 'x,y', DB_NAME: 'shop' }],
    ['mariadb://a,b', { DB_HOST: 'a,b' }],
    ['mariadb://a:1/shop', { DB_HOST: 'a', DB_PORT: '1', DB_NAME: 'shop' }],
    [
      'mariadb://a:x,b/shop',
      'must be a URL such as mariadb://user@host:port/database: the list of hosts ' +
        "must have a port from 1 to 65535 after its colon, not 'a:x'",
    ],
    [
      'mariadb://a,,b/shop',
      'must be a URL such as mariadb://user@host:port/database: the list of hosts ' +
        'must not have an empty place between its commas',
    ],
  ])('in the URL %s', (url, parts) => {
    expect(outcome(() => urlParts(url))).toEqual(parts)
  })

  it.each<[where: string, line: string, env: Record<string, string>, profile: object, url: string]>([
    ['a flag', '--host a,b:3307', {}, {}, 'a:3306,b:3307'],
    ['a flag, with the common port', '--host a,b:3307 --port 9', {}, {}, 'a:9,b:3307'],
    ['the environment', '', { DB_HOST: 'a,[::1]:1', DB_PORT: '3308' }, {}, 'a:3308,[::1]:1'],
    ['a URL', '--url mariadb://a:1,b/d', { DB_PORT: '7' }, {}, 'a:1,b:7'],
    ['a profile', '--profile p', { DB_PORT: '7' }, { hosts: ['a', 'b:2'] }, 'a:3306,b:2'],
    ['a profile, as a text', '--profile p', {}, { hosts: 'a,b:2', port: 4 }, 'a:4,b:2'],
  ])('in %s', async (...[, line, env, profile, address]) => {
    put({ p: { database: 'd', user: 'ada', ...profile } })
    const situation = { cwd: folder, env: { ...home, DB_NAME: 'd', DB_USER: 'ada', ...env } }
    const entries = (await dbtool(`config show --json ${line}`, situation)).json<{ name: string; value: string }[]>()
    expect(entries.find(({ name }) => name === 'DB_URL')?.value).toBe(`mariadb://ada@${address}/d`)
  })

  it.each<[profile: object, fault: string]>([
    [{ hosts: [] }, 'hosts (profile p of .dbtool.json) must be a list of hosts, such as ["a", "b:3307"]'],
    [{ hosts: ['a', 1] }, 'hosts (profile p of .dbtool.json) must be a list of hosts, such as ["a", "b:3307"]'],
    [{ hosts: ['a'], host: 'b' }, 'host and hosts (profile p of .dbtool.json) exclude each other'],
    [
      { host: 'a', target: 'slave' },
      "target (profile p of .dbtool.json) must be one of writer, reader, any, not 'slave'",
    ],
  ])('in a profile: %j is a fault', async (profile, fault) => {
    put({ p: profile })
    const { error } = await dbtool('users list --json --profile p', { cwd: folder, env: home })
    expect([error.message, ...(error.faults ?? [])].join('\n')).toContain(fault)
  })
})

function put(profiles: object): void {
  writeFileSync(join(folder, '.dbtool.json'), JSON.stringify({ profiles }))
  chmodSync(join(folder, '.dbtool.json'), 0o600)
}
