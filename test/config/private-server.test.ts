import { expect, it } from 'vitest'
import { inspectConfig } from '../../src/config/config.ts'
import type { PrivateServer } from '../../src/config/layers.ts'
import { temporaryFolder } from '../support/folder.ts'

const cwd = temporaryFolder()
const running = { socket: '/run/db.sock', user: 'ada', database: 'shop' }
const stopped = { isStopped: true } as const
const byDefault = { host: 'localhost', socket: undefined, isInsteadOfPrivate: false }

it.each<[what: string, server: PrivateServer | undefined, flags: { DB_HOST?: string }, expected: object]>([
  ['one that runs', running, {}, { socket: '/run/db.sock', user: 'ada', isInsteadOfPrivate: false }],
  ['one that has stopped', stopped, {}, { ...byDefault, isInsteadOfPrivate: true }],
  ['one that has stopped, and another server', stopped, { DB_HOST: 'db' }, { ...byDefault, host: 'db' }],
  ['none', undefined, {}, byDefault],
])('the target with a private server: %s', async (_what, server, flags, expected) => {
  const findPrivateServer = (): Promise<PrivateServer | undefined> => Promise.resolve(server)
  const none = { profile: undefined, optionFile: undefined, envFile: undefined }
  const { config } = await inspectConfig({ ...none, flags, env: { HOME: cwd }, cwd, osUser: 'ada', findPrivateServer })
  expect(config?.target).toMatchObject(expected)
})
