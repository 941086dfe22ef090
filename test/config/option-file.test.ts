import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigFault } from '../../src/config/fault.ts'
import { optionFileLayer } from '../../src/config/option-layer.ts'
import { readOptions } from '../../src/config/option-file.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const folders = { cwd: folder, home: folder }

function written(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function layerFrom(text: string): { texts: object; faults: string[] } {
  const { layer, faults } = optionFileLayer(written('my.cnf', text), folders)
  return { texts: layer.texts, faults: faults.map(({ sentence }) => sentence.replace(`${folder}/`, '')) }
}

/** As MariaDB's own program reads it, `_` as `-`; undefined where it refuses the file. */
function asMariaDb(path: string): string[] | undefined {
  const { stdout, status } = spawnSync(
    'my_print_defaults',
    [`--defaults-file=${path}`, 'client', 'client-server', 'client-mariadb', 'dbtool'],
    { encoding: 'utf8', cwd: folder },
  )
  return status === 0
    ? stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.replace(/^--[^=]*/, (name) => name.replaceAll('_', '-')))
    : undefined
}

function asDbtool(path: string): string[] | undefined {
  const faults: ConfigFault[] = []
  const options = readOptions(path, folders, faults)
  return faults.length > 0
    ? undefined
    : options.map(({ name, value }) => `--${name}${value === undefined ? '' : `=${value}`}`)
}

describe('a my.cnf is parsed as MariaDB parses it', () => {
  it.each([
    '[client]\nuser=ada\npassword = "a b # c" # comment\n',
    "[client]\npassword='it''s'\nuser= 'ada\n",
    '[client]\npassword="a\\"b"\nuser=a\\sb\\tc\\\\d\\q\\\n',
    '[client]\nhost=a#b\nport = 3306 ; not a comment\n  # yes\n; yes\n',
    '[client]\nssl\nskip_ssl\nssl_verify_server_cert=0\n[mysqld]\nport=1\n[client-mariadb]\nport=2\n' +
      '[ client ]\nport=3\n[client ]\nport=4\n',
    '[client]\nuser\n=x\n= \nuser=\nuser=""\nuser="\nuser=a"b"\n',
    '[dbtool]\ndatabase=shop\n[client-server]\nsocket=/s\n[mysql]\nuser=no\n',
    '[client]\n!unknown thing\n!include /nowhere.cnf\nuser=ada\n',
    '\r\n[client]\r\nuser = ada \r\n',
    'user=ada\n',
    '[client\nuser=ada\n',
    '[client]\nuser=ada\n!includedir /nowhere\n',
    '[client]\n!include \n',
  ])('%j', (text) => {
    const path = written('table.cnf', text)
    expect(asDbtool(path)).toEqual(asMariaDb(path))
  })

  it('for lines of any content', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\t',
      '#',
      ';',
      '=',
      '"',
      "'",
      '\\',
      's',
      't',
      'é',
      '_',
      '-',
      '[',
      ']',
      'user',
      'password=',
      '=',
    )
    // If the name is missing, MariaDB's own parser reads before the beginning of the line.
    const line = fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => pieces.join(''))
      .filter((text) => !/^\s*=/.test(text))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const path = written('any.cnf', ['[client]', ...lines, ''].join('\n'))
        expect(asDbtool(path)).toEqual(asMariaDb(path))
      }),
      { numRuns: 100 },
    )
  })

  it('with its includes in place, and the files of a folder in the order of their names', () => {
    mkdirSync(join(folder, 'conf.d'))
    written('conf.d/b.cnf', '[client]\nuser=b\n')
    written('conf.d/a.cnf', '[client]\nuser=a\nport=1\n')
    written('conf.d/c.txt', '[client]\nuser=c\n')
    written('one.cnf', '[client]\nhost=one\n')
    written('round.cnf', `[client]\nuser=round\n!include ${join(folder, 'round.cnf')}\n`)
    const path = written(
      'all.cnf',
      `[client]\nhost=zero\n!include ${join(folder, 'one.cnf')}\nuser=z\n` +
        `!includedir ${join(folder, 'conf.d')}\nport=2\n`,
    )
    expect(asDbtool(path)).toEqual(asMariaDb(path))
    expect(asDbtool(path)).toContain('--user=b')
    expect(asDbtool(join(folder, 'round.cnf'))).toEqual(asMariaDb(join(folder, 'round.cnf')))
  })
})

describe('the connection settings of an option file', () => {
  const socket = { DB_SOCKET: '/s' }
  it.each<[string, object]>([
    [
      'user=ada\npassword=x\nhost=db\nport=3307\ndatabase=shop',
      { DB_USER: 'ada', DB_PASSWORD: 'x', DB_HOST: 'db', DB_PORT: '3307', DB_NAME: 'shop' },
    ],
    ['user=ada\nuser=bob', { DB_USER: 'bob' }],
    ['password', {}],
    ['password=', { DB_PASSWORD: '' }],
    // localhost is the socket, where there is one; any other host is the network.
    ['socket=/s', socket],
    ['socket=/s\nhost=localhost\nport=3306', socket],
    ['socket=/s\nhost=', socket],
    ['socket=/s\nhost=db', { DB_HOST: 'db' }],
    ['socket=/s\nhost=127.0.0.1\nport=0', { DB_HOST: '127.0.0.1' }],
    ['socket=/s\nprotocol=TCP\nport=3307', { DB_HOST: 'localhost', DB_PORT: '3307' }],
    ['host=localhost', { DB_HOST: 'localhost' }],
    ['ssl', { DB_SSL_MODE: 'required' }],
    ['ssl=ON', { DB_SSL_MODE: 'required' }],
    ['ssl=0', { DB_SSL_MODE: 'disabled' }],
    ['skip-ssl', { DB_SSL_MODE: 'disabled' }],
    ['ssl\ndisable_ssl', { DB_SSL_MODE: 'disabled' }],
    ['loose-enable-ssl', { DB_SSL_MODE: 'required' }],
    ['ssl_ca=/ca.pem', { DB_SSL_CA: '/ca.pem', DB_SSL_MODE: 'required' }],
    ['ssl-ca=/ca.pem\nssl-verify-server-cert', { DB_SSL_CA: '/ca.pem', DB_SSL_MODE: 'verify-identity' }],
    [
      'ssl-cert=/c.pem\nssl-key=/c.key\ntls_version=TLSv1.3',
      { DB_SSL_CERT: '/c.pem', DB_SSL_KEY: '/c.key', DB_TLS_VERSION: 'TLSv1.3', DB_SSL_MODE: 'required' },
    ],
    ['ssl-verify-server-cert\nskip-ssl-verify-server-cert\nssl', { DB_SSL_MODE: 'required' }],
    ['no-auto-rehash\nprompt=\\u>\ndefault-character-set=latin1\nconnect_timeout=3', {}],
  ])('%j', (lines, texts) => {
    expect(layerFrom(`[client]\n${lines}\n`)).toEqual({ texts, faults: [] })
  })

  it.each<[string, string]>([
    ['[client]\nssl=maybe', "ssl (my.cnf) must be 1 or 0, not 'maybe'"],
    ['[client]\nhost', 'host (my.cnf) needs a value'],
    ...['ssl-cipher', 'ssl-crl', 'ssl-capath', 'ssl-fp', 'tls-peer-fp', 'loose_ssl_crlpath', 'ssl-mode'].map(
      (name): [string, string] => [
        `[client]\n${name}=x`,
        `dbtool does not support the option ${name.replace('loose_', '').replaceAll('_', '-')} (my.cnf) about TLS`,
      ],
    ),
    ['\nuser=ada', 'my.cnf, line 2: an option must come after a [group]'],
    ['[client', 'my.cnf, line 1: a group must have the form [name]'],
    ['[client]\n!includedir /nowhere', 'my.cnf: cannot read the folder /nowhere of !includedir: there is no such file'],
    ['[client]\n!include', 'my.cnf, line 2: !include needs a path'],
  ])('%j is rejected', (text, sentence) => {
    expect(layerFrom(text).faults).toEqual([sentence])
  })

  it('a password that everybody can read and a file that everybody can write to are rejected', () => {
    const faultsOf = (text: string, mode: number): string[] =>
      optionFileLayer(written('open.cnf', text, mode), folders).faults.map(({ sentence }) =>
        sentence.replace(`${folder}/`, ''),
      )
    expect(faultsOf('[client]\npassword=hunter2\n', 0o644)).toEqual([
      'open.cnf contains a password, and every user of this machine can read it',
    ])
    expect(faultsOf('[client]\nuser=ada\n', 0o666)).toEqual([
      'every user of this machine can write to open.cnf, so it is ignored',
    ])
    expect(faultsOf('[client]\npassword\n[mysqldump]\npassword=hunter2\n', 0o644)).toEqual([])
    written('outer.cnf', `!include ${join(folder, 'open.cnf')}\n`, 0o644)
    written('open.cnf', '[client]\npassword=hunter2\n', 0o644)
    expect(optionFileLayer('outer.cnf', folders).faults).toEqual([
      {
        sentence: `${join(folder, 'open.cnf')} contains a password, and every user of this machine can read it`,
        fix: `run: chmod 600 ${join(folder, 'open.cnf')}`,
      },
    ])
  })
})
