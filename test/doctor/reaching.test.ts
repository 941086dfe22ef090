import { describe, expect, it } from 'vitest'
import type { EnvFile } from '../../src/config/env-file.ts'
import type { Failure } from '../../src/doctor/facts.ts'
import { configuration, judge, sound, target, titled, type Row } from './sound-facts.ts'

const over = (path: string): Row[1] => ({
  ...target({ socket: path, ssl: { mode: 'preferred' } }),
  route: { kind: 'socket', addresses: [], ms: 0 },
})
const closed = (failure: string): Row[1] => ({ tcpProbe: { ms: 1, failure } })
const failure = (different: Partial<Failure>): Failure => ({
  code: 'ACCESS_DENIED',
  errno: 1045,
  message: 'it was refused',
  hint: 'try this',
  ...different,
})
const refused = (accounts?: readonly string[]): Row[1] => ({ login: { failure: failure({}), accounts } })
const eitherWay = "or no user 'app' may connect from here: the server gives the same answer for both"
const setPassword = 'set it with DB_PASSWORD, --password-file or --ask-password'
const start = (what: string): string =>
  `start the server, or correct ${what}; for a private server: dbtool server start`
const envFile = (different: Partial<EnvFile>): Row[1] =>
  configuration({ envFile: { ...sound.configuration.envFile, ...different } })

const rows: readonly Row[] = [
  [
    'settings',
    {},
    'ok',
    'all 3 settings are valid: DB_HOST from the environment; DB_PORT from .env; the others by default',
  ],
  [
    'settings',
    configuration({
      settings: [
        { name: 'DB_SOCKET', origin: 'private server' },
        { name: 'DB_USER', origin: 'flag' },
        { name: 'DB_NAME', origin: 'private server' },
      ],
    }),
    'ok',
    'all 3 settings are valid: DB_SOCKET, DB_NAME from the private server; DB_USER from flags; the others by default',
  ],
  [
    'settings',
    configuration({ settings: [{ name: 'DB_HOST', origin: 'default' }] }),
    'ok',
    'all 1 settings are valid: all by default',
  ],
  [
    'settings',
    configuration({ faults: [{ sentence: 'DB_PORT (.env) must be a number', fix: 'correct it' }] }),
    'fault',
    'DB_PORT (.env) must be a number',
    'correct it',
  ],
  ['found-files', {}, 'ok', 'every file that was found can be trusted'],
  [
    'found-files',
    configuration({
      ignored: [{ sentence: 'every user can write to .env', fix: 'run: chmod o-w .env' }],
    }),
    'warning',
    'every user can write to .env',
    'chmod o-w .env',
  ],
  ['env-file', {}, 'ok', 'there is no .env here'],
  ['env-file', envFile({ state: 'read' }), 'ok', '.env contains no password'],
  [
    'env-file',
    envFile({ state: 'read', holdsPassword: true }),
    'ok',
    '.env contains a password, and not every user can read it',
  ],
  [
    'env-file',
    envFile({ state: 'read', exposed: { sentence: 'everybody can read it', fix: 'run: chmod 600 .env' } }),
    'fault',
    'everybody can read it',
    'chmod 600 .env',
  ],
  ['env-file', envFile({ state: 'unreadable' }), 'skipped', 'skipped (.env cannot be read)'],
  ['env-file', envFile({ state: 'ignored' }), 'skipped', 'skipped (.env is ignored)'],
  ['profile', {}, 'ok', 'no profile in use'],
  [
    'profile',
    configuration({ profile: { name: 'live', origin: 'flag', marks: ['protected', 'read-only'] } }),
    'ok',
    'live, selected by --profile: protected and read-only',
  ],
  [
    'profile',
    configuration({ profile: { name: 'live', origin: 'environment', marks: ['protected'] } }),
    'ok',
    'live, selected by DBTOOL_PROFILE: protected',
  ],
  [
    'profile',
    configuration({ profile: { name: 'dev', origin: '.env', marks: [] } }),
    'ok',
    'dev, selected by the .env: neither protected nor read-only',
  ],
  [
    'profile',
    configuration({ profile: { name: 'dev', origin: 'default of .dbtool.json', marks: [] } }),
    'ok',
    'dev, selected by the default of .dbtool.json: neither protected nor read-only',
  ],
  ['password', {}, 'ok', 'no password is visible to other users'],
  ['password', configuration({ passwordInUrl: '.env' }), 'ok', 'no password is visible to other users'],
  [
    'password',
    configuration({ passwordInUrl: 'flag' }),
    'warning',
    'every user of this machine can see the password in --url',
    'use --ask-password, --password-file or DB_PASSWORD instead',
  ],
  [
    'password',
    configuration({ passwordFile: { path: '/run/pw', readableByOthers: false } }),
    'ok',
    'no password is visible to other users',
  ],
  [
    'password',
    configuration({ passwordFile: { path: '/run/the pw', readableByOthers: true } }),
    'warning',
    'every user of this machine can read the password file /run/the pw; in a container that is by design',
    "chmod 600 '/run/the pw'",
  ],
  ['stray-names', {}, 'ok', 'no environment variable looks like a misspelled setting'],
  [
    'stray-names',
    configuration({ strays: ['DB_HSOT is no setting'] }),
    'warning',
    'DB_HSOT is no setting',
    'correct the name, or remove it',
  ],
  ['address', {}, 'ok', 'db.example.com:3306, from .env'],
  ['address', { destination: { ...sound.destination, origin: 'flag' } }, 'ok', 'db.example.com:3306, from a flag'],
  [
    'address',
    { destination: { ...sound.destination, origin: 'environment' } },
    'ok',
    'db.example.com:3306, from the environment',
  ],
  [
    'address',
    { destination: { ...sound.destination, origin: 'private server' } },
    'ok',
    'db.example.com:3306, the running private server',
  ],
  [
    'address',
    { destination: { ...sound.destination, origin: 'default' } },
    'ok',
    'db.example.com:3306, the default, because no address is configured',
  ],

  ['name', {}, 'ok', 'db.example.com resolves to 192.0.2.7 (3 ms)'],
  ['name', over('/run/db.sock'), 'ok', 'a unix socket needs no lookup'],
  [
    'name',
    { ...target({ host: '192.0.2.7' }), route: { kind: 'address', addresses: ['192.0.2.7'], ms: 0 } },
    'ok',
    '192.0.2.7 is an address and needs no lookup',
  ],
  [
    'name',
    { route: { kind: 'name', addresses: [], ms: 5, failure: 'ENOTFOUND' } },
    'fault',
    "no address found for 'db.example.com' (ENOTFOUND)",
    'correct DB_HOST or --host, or fix the name resolution',
  ],
  ['connect', {}, 'ok', 'db.example.com:3306 answers (0.8 ms)'],
  [
    'connect',
    closed('ECONNREFUSED'),
    'fault',
    'cannot reach db.example.com:3306: no server listens there',
    start('DB_HOST and DB_PORT'),
  ],
  [
    'connect',
    { ...target({ isInsteadOfPrivate: true }), ...closed('ECONNREFUSED') },
    'fault',
    'the private server is not running; cannot reach db.example.com:3306: no server listens there',
    'start it: dbtool server start',
  ],
  [
    'connect',
    closed('TIMEOUT'),
    'fault',
    'cannot reach db.example.com:3306: no answer before the connect time-out',
    start('DB_HOST and DB_PORT'),
  ],
  [
    'connect',
    closed('EHOSTUNREACH'),
    'fault',
    'cannot reach db.example.com:3306: EHOSTUNREACH',
    start('DB_HOST and DB_PORT'),
  ],
  [
    'connect',
    { ...over('/run/db.sock'), ...closed('ENOENT') },
    'fault',
    'cannot reach /run/db.sock: there is no such file',
    start('DB_SOCKET'),
  ],
  [
    'connect',
    { ...over('/run/db.sock'), ...closed('ENOTSOCK') },
    'fault',
    'cannot reach /run/db.sock: it is not a socket',
    start('DB_SOCKET'),
  ],
  [
    'connect',
    { ...over('/run/db.sock'), ...closed('EACCES') },
    'fault',
    'cannot reach /run/db.sock: this user has no write permission',
    'run dbtool as a user with that permission, or connect with --host',
  ],

  ['log-in', {}, 'ok', 'logged in as app'],
  ['log-in', refused(), 'fault', "the password of 'app' is wrong, " + eitherWay, `${setPassword}, or correct DB_USER`],
  [
    'log-in',
    { ...target({ password: '' }), ...refused() },
    'fault',
    "no password was given, and 'app' needs one, " + eitherWay,
    `${setPassword}, or correct DB_USER`,
  ],
  ['log-in', refused(['%']), 'fault', "the password of 'app' is wrong", setPassword],
  [
    'log-in',
    { ...target({ password: '' }), ...refused(['127.0.0.1']) },
    'fault',
    "no password was given, and 'app' needs one",
    setPassword,
  ],
  ['log-in', refused([]), 'fault', "there is no user 'app'", 'correct DB_USER or --user'],
  [
    'log-in',
    refused(['10.0.0.1', 'localhost']),
    'fault',
    "'app' may connect only from 10.0.0.1, localhost, not from here",
    'connect from there, or correct DB_USER',
  ],
  [
    'log-in',
    { ...over('/run/db.sock'), ...refused(['localhost']) },
    'fault',
    "the password of 'app' is wrong",
    setPassword,
  ],
  [
    'log-in',
    { ...over('/run/db.sock'), ...refused(['127.0.0.1']) },
    'fault',
    "'app' may connect only from 127.0.0.1, not from here",
    'connect from there, or correct DB_USER',
  ],
  [
    'log-in',
    { login: { failure: failure({ errno: 1698 }) } },
    'fault',
    "'app' logs in over the socket, as the operating-system user of that name and without a password, " + eitherWay,
    'run dbtool as that user with --socket, or correct DB_USER',
  ],
  [
    'log-in',
    { login: { failure: failure({ errno: 1698 }), accounts: ['%'] } },
    'fault',
    "'app' logs in over the socket, as the operating-system user of that name and without a password",
    'run dbtool as that user with --socket',
  ],
  [
    'log-in',
    { login: { failure: failure({ errno: 1698 }), accounts: [] } },
    'fault',
    "there is no user 'app'",
    'correct DB_USER or --user',
  ],
  [
    'log-in',
    { login: { failure: failure({ errno: 1040, code: 'UNREACHABLE' }) } },
    'fault',
    'it was refused',
    'try this',
  ],
  ['database', {}, 'ok', "the database 'shop' exists"],
  [
    'database',
    { database: { name: 'shop', failure: failure({ code: 'UNKNOWN_DATABASE', errno: 1049 }) } },
    'fault',
    'it was refused',
    'try this',
  ],
  [
    'database',
    { database: { name: 'shop', failure: failure({ errno: 1044 }) } },
    'fault',
    "app@% has no access to the database 'shop', or it does not exist",
    'dbtool db grants --for app@% --apply',
  ],
  ['encryption', {}, 'ok', 'encrypted with TLS_AES_256_GCM_SHA384; the certificate was verified (verify-identity)'],
  [
    'encryption',
    target({ ssl: { mode: 'preferred' } }),
    'ok',
    'encrypted with TLS_AES_256_GCM_SHA384; the certificate was not verified (preferred)',
  ],
  [
    'encryption',
    { ...over('/run/db.sock'), encryption: { cipher: null } },
    'ok',
    'not encrypted, which a unix socket does not need: no data leaves this machine',
  ],
  [
    'encryption',
    {
      ...target({ ssl: { mode: 'preferred' } }),
      route: { kind: 'name', addresses: ['::1', '127.0.0.1'], ms: 1 },
      encryption: { cipher: null },
    },
    'ok',
    'not encrypted (preferred), but no data leaves this machine',
  ],
  [
    'encryption',
    { ...target({ ssl: { mode: 'preferred' } }), encryption: { cipher: null } },
    'warning',
    'not encrypted over a network: the server has no TLS, and anyone between here and the server can read the orders',
    "ssl_cert and ssl_key in the server's configuration, then DB_SSL_MODE=required",
  ],
  [
    'encryption',
    { ...target({ ssl: { mode: 'disabled' } }), encryption: { cipher: null } },
    'warning',
    'not encrypted over a network: --ssl-mode is disabled, and anyone between here and the server can read the orders',
    'DB_SSL_MODE=required',
  ],
  [
    'encryption',
    { encryption: { cipher: null, failure: failure({ code: 'TLS_FAILED' }) } },
    'fault',
    'it was refused',
    'try this',
  ],
  ['round-trip', {}, 'ok', '0.9 ms there and back, the median of 5'],
]

describe('the configuration and the connection to the server', () => {
  it.each(titled(rows))('%s, %s: %s', (check, status, found, [, different, , , fix = null]) => {
    expect(judge(check, different)).toEqual([{ status, found, fix }])
  })

  it('each fault of the configuration is a separate finding', () => {
    const faults = ['one', 'two'].map((sentence) => ({ sentence, fix: 'correct it' }))
    expect(judge('settings', configuration({ faults })).map(({ found }) => found)).toEqual(['one', 'two'])
    expect(judge('stray-names', configuration({ strays: ['one', 'two'] })).map(({ found }) => found)).toEqual([
      'one',
      'two',
    ])
  })
})
