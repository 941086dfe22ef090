import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const home = temporaryFolder()
const cwd = join(home, 'project')
mkdirSync(cwd)
const file = join(cwd, '.dbtool.json')

/** What `config show` says where the file of the project is this. */
function configShow(content: string | object, flags: string, mode = 0o600): Promise<Outcome> {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(file, mode)
  return dbtool(`config show --json ${flags}`, { cwd, env: { HOME: home, XDG_CONFIG_HOME: '' } })
}

const staging = (profile: unknown): object => ({ profiles: { staging: profile, production: {} } })
const of = '(profile staging of .dbtool.json)'
const whole = 'must be a whole number from'
const correct = /^correct it where it is set/

/** The file, what is asked for, every fault, and the way out. */
const refusals: readonly [content: string | object, flags: string, faults: string[], hint: RegExp][] = [
  [
    '',
    '--profile staging',
    ['.dbtool.json, line 1, column 1: unexpected end of the file'],
    /^correct the file: it must be JSON without comments$/,
  ],
  [
    '{\n  "profiles": {\n    "staging": {"password": "hunter2",}\n  }\n}',
    '',
    ['.dbtool.json, line 3, column 39: expected a key in double quotes'],
    /JSON/,
  ],
  [
    '{"profiles": {"live": {}, "live": {}}}',
    '--profile live',
    ['.dbtool.json, line 1, column 27: duplicate key "live"'],
    /JSON/,
  ],
  ['[]', '', ['.dbtool.json must contain a JSON object'], /the file has the form {"profiles"/],
  [{ profile: {} }, '', [".dbtool.json: unknown key 'profile'; did you mean profiles?"], /the file has the form/],
  [{ other: 1 }, '', [".dbtool.json: unknown key 'other'"], /the file has the form/],
  [
    { profiles: [] },
    '',
    ['.dbtool.json: profiles must be an object with one profile per name'],
    /the file has the form/,
  ],
  [
    { profiles: { 'two words': {}, 'x;touch marker': {}, '': {}, 'ok_1.-': {} } },
    '',
    ['two words', 'x;touch marker', ''].map(
      (name) =>
        `.dbtool.json: the name of profile '${name}' may only have letters, digits, '_', '.' and '-'; ` +
        'rename the profile',
    ),
    /^correct it where it is set/,
  ],
  [{ default: 1 }, '', ['.dbtool.json: default must be the name of a profile'], /the file has the form/],
  [
    staging({}),
    '--profile stagin',
    ["unknown profile 'stagin' (--profile); did you mean staging?"],
    /^the profiles are staging, production; see: dbtool config profiles$/,
  ],
  [staging({}), '--profile nothing', ["unknown profile 'nothing' (--profile)"], /^the profiles are staging/],
  [staging({}), '--profile constructor', ["unknown profile 'constructor' (--profile)"], /^the profiles are staging/],
  [staging({}), '--profile=', ["unknown profile '' (--profile)"], /^the profiles are staging/],
  [
    {},
    '--profile staging',
    ["unknown profile 'staging' (--profile)"],
    /^add it to .dbtool.json, here or in a folder above, or to ~\/.config\/dbtool\/config.json$/,
  ],
  [
    staging('h'),
    '--profile staging',
    ['profile staging of .dbtool.json must be an object, such as {"host": "db.example.com"}'],
    correct,
  ],
  [
    staging({ hots: 'h', pool_size: 3, username: 'ada', dbName: 'shop' }),
    '--profile staging',
    [
      `'hots' ${of} is not a profile setting; did you mean host?`,
      `'pool_size' ${of} is not a profile setting; did you mean poolSize?`,
      `'username' ${of} is not a profile setting; did you mean user?`,
      `'dbName' ${of} is not a profile setting; did you mean database?`,
    ],
    /./,
  ],
  [
    staging({ colour: 'blue' }),
    '--profile staging',
    [
      `'colour' ${of} is not a profile setting; the settings are url, host, hosts, port, target, socket, ` +
        `database, user, password, passwordFile, charset, sslMode, sslCa, sslCert, sslKey, ` +
        `tlsVersion, poolSize, maxOverflow, poolTimeout, poolRecycle, ` +
        `connectTimeout, statementTimeout, protected, readOnly, currency`,
    ],
    correct,
  ],
  [
    staging({ port: 'abc', sslMode: 'on', poolTimeout: 'soon', protected: 'maybe' }),
    '--profile staging',
    [
      `port ${of} ${whole} 1 to 65535, not 'abc'`,
      `sslMode ${of} must be one of disabled, preferred, required, verify-fingerprint, verify-ca, ` +
        `verify-identity, not 'on'`,
      `poolTimeout ${of} must be a duration such as 250ms, 5s, 1m or 30d, not 'soon'`,
      `protected ${of} must be 1 or 0, not 'maybe'`,
    ],
    correct,
  ],
  [
    staging({ host: null, port: [1], user: { name: 'ada' } }),
    '--profile staging',
    ['host', 'port', 'user'].map((key) => `${key} ${of} must be a string, a number, true or false`),
    correct,
  ],
  [staging({ host: 'h', socket: '/s' }), '--profile staging', [`host and socket ${of} exclude each other`], correct],
  [
    staging({ url: 'mariadb://u:hunter2^@h/d' }),
    '--profile staging',
    [`url ${of} must be a URL such as mariadb://user@host:port/database: character 20 must be percent-encoded`],
    correct,
  ],
  [
    staging({ passwordFile: 'nowhere' }),
    '--profile staging',
    [`cannot read the password file ${join(cwd, 'nowhere')}: there is no such file`],
    /^check passwordFile \(profile staging of .dbtool.json\)$/,
  ],
  [
    {},
    '--defaults-file nowhere.cnf',
    ['cannot read the option file nowhere.cnf: there is no such file'],
    /^check its path and permissions, or choose another file with --defaults-file$/,
  ],
]

describe('one sentence for each fault, with file, profile, key, value and rule', () => {
  it.each(refusals)('%j %s', async (content, flags, faults, hint) => {
    const refused = await configShow(content, flags)
    expect(refused.error.faults ?? [refused.error.message]).toEqual(faults)
    expect(refused.error.hint).toMatch(hint)
    expect([refused.exitCode, refused.error.code, refused.stdout]).toEqual([2, 'BAD_CONFIG', ''])
    expect(refused.stderr).not.toContain('hunter2')
  })
})

describe('who may read and write the file', () => {
  const secret = staging({ password: 'hunter2' })
  const url = staging({ url: 'mariadb://ada:hunter2@h/d' })

  it.each([
    [secret, 0o644],
    [url, 0o604],
  ])('a password that everybody can read is refused, whoever is asked for: %j %o', async (content, mode) => {
    for (const flags of ['', '--profile production'])
      expect((await configShow(content, flags, mode)).error).toMatchObject({
        message: '.dbtool.json contains a password, and every user of this machine can read it',
        hint: 'run: chmod 600 .dbtool.json',
      })
    expect((await configShow(content, '--profile staging', 0o600)).json()).toContainEqual({
      name: 'DB_PASSWORD',
      value: '********',
      origin: 'profile staging of .dbtool.json',
    })
  })
})
