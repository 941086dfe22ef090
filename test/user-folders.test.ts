import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { userFolder } from '../src/user-folders.ts'
import { othersCanRun, runAs, somebody } from './support/other-user.ts'

const { platform } = process
const pretend = (system: NodeJS.Platform): unknown => Object.defineProperty(process, 'platform', { value: system })
afterEach(() => pretend(platform))

const home = homedir()

const xdg = ['/home/ada/.local/share/dbtool', '/home/ada/.config/dbtool', '/home/ada/.cache/dbtool']
const library = ['Application Support', 'Preferences', 'Caches'].map((name) => join(home, 'Library', name, 'dbtool'))
const appData = ['Local/dbtool/Data', 'Roaming/dbtool/Config', 'Local/dbtool/Cache'].map((path) =>
  join(home, 'AppData', path),
)

it.each<[NodeJS.Platform, NodeJS.ProcessEnv, string[]]>([
  ['linux', { HOME: '/home/ada' }, xdg],
  ['freebsd', { HOME: '/home/ada/' }, xdg],
  ['darwin', {}, library],
  ['win32', {}, appData],
  [
    'win32',
    { APPDATA: '/profile', LOCALAPPDATA: '/local' },
    ['/local/dbtool/Data', '/profile/dbtool/Config', '/local/dbtool/Cache'],
  ],
])('%s with %j', (system, env, folders) => {
  pretend(system)
  expect([userFolder('data', env), userFolder('config', env), userFolder('cache', env)]).toEqual(folders)
})

it.each(['linux', 'darwin', 'win32'] as const)('the XDG variables win on %s', (system) => {
  pretend(system)
  const env = { HOME: '/home/ada', XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/etc/ada', XDG_CACHE_HOME: '/tmp/ada' }
  expect(userFolder('data', env)).toBe('/data/dbtool')
  expect(userFolder('config', env)).toBe('/etc/ada/dbtool')
  expect(userFolder('cache', env)).toBe('/tmp/ada/dbtool')
})

it.runIf(othersCanRun).each([undefined, ''])(
  'a user whom the system does not know, with HOME %j, can run every command',
  (HOME) => {
    for (const [argv, exitCode] of [
      [['config', 'show', '--json'], 0],
      [['users', 'list', '--port', '1', '--host', '127.0.0.1'], 4],
      [['server', 'status', '--json'], 0],
    ] as const)
      expect(runAs(somebody, argv, '/', { HOME })).toMatchObject({
        exitCode,
        stderr: expect.not.stringContaining('\n    at '),
      })
  },
)
