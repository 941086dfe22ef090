import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { networkInterfaces, userInfo } from 'node:os'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Target } from '../../src/db/target.ts'
import { readPortAccess } from '../../src/server/port.ts'
import { withSession } from '../../src/server/session.ts'
import { startServer } from '../../src/server/start.ts'
import { stopServer } from '../../src/server/stop.ts'
import { freePort } from './free-port.ts'
import { furnishedHome, root, temporaryHome } from './temporary-home.ts'

const mode = (path: string): number => statSync(path).mode & 0o777

function overPort(port: number, password: string, database?: string): Target {
  return { host: '127.0.0.1', port, socket: undefined, user: 'dbtool', password, database, ssl: { mode: 'disabled' } }
}

describe('access to the private server', { timeout: 120_000 }, () => {
  it('nobody over the network', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    const [row] = await withSession(paths, (db) => db.rows('SELECT @@skip_networking AS closed, @@port AS port'))
    expect(row).toEqual({ closed: 1, port: 0 })
  })

  it('nobody but its user and root, by the modes of its files', async () => {
    const paths = temporaryHome()
    await startServer(paths, { port: await freePort() })
    expect([mode(paths.data), mode(paths.run)]).toEqual([0o700, 0o700])
    expect([mode(paths.log), mode(paths.portFile)]).toEqual([0o600, 0o600])
    expect(mode(paths.directory)).toBe(root ? 0o711 : 0o700)
  })

  it('with a port: everybody with the password, on 127.0.0.1, in the databases of the shop', async () => {
    const paths = furnishedHome()
    const port = await freePort()
    expect((await startServer(paths, { port })).status.port).toBe(port)
    const password = readPortAccess(paths)?.password ?? ''
    expect(password.length).toBeGreaterThanOrEqual(32)
    const db = await connect(overPort(port, password, 'dbtool'))
    await db.execute('CREATE TABLE shelf (id INT PRIMARY KEY)')
    await db.execute('CREATE DATABASE dbtool_demo')
    await expect(db.execute('CREATE DATABASE dbtoolxdemo')).rejects.toThrow(/denied/i)
    await expect(db.rows('SELECT * FROM mysql.global_priv')).rejects.toThrow(/denied/i)
    await db.close()
    await expect(connect(overPort(port, 'wrong'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await stopServer(paths)
    await startServer(paths, { port })
    expect(readPortAccess(paths)).toEqual({ port, user: 'dbtool', password })
    await (await connect(overPort(port, password))).close()
  })

  it('with a port: nobody at another address of this machine', async () => {
    const paths = furnishedHome()
    const port = await freePort()
    await startServer(paths, { port })
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    const others = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)
    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      const outcome = await new Promise((resolve) => {
        const socket = dial({ host: address, port, timeout: 1_000 }, () => resolve('open')).once('error', () =>
          resolve('closed'),
        )
        socket.once('timeout', () => resolve('closed')).once('close', () => socket.destroy())
      })
      expect(outcome, address).toBe('closed')
    }
  })

  it.runIf(root)('runs as another user than root, and no other user can open its socket', async () => {
    const paths = temporaryHome()
    const { warnings } = await startServer(paths)
    expect(warnings).toEqual([])
    expect(statSync(paths.data).uid).not.toBe(0)
    expect(statSync(paths.socket).uid).toBe(statSync(paths.data).uid)
    const attempt = `const socket = require('net').connect(process.argv[1], () => { console.log('in'); process.exit() })
      socket.on('error', (error) => console.log(error.code))`
    const nobodyElse = { uid: 54_321, gid: 54_321, cwd: '/', encoding: 'utf8' } as const
    const neighbour = execFileSync(process.execPath, ['-e', attempt, paths.socket], nobodyElse)
    expect(neighbour.trim()).toBe('EACCES')
  })

  it.runIf(root)('runs as a user of its own, if one can be created', async () => {
    const paths = temporaryHome()
    expect(userInfo().uid).toBe(0)
    const { warnings } = await startServer(paths)
    const { status, stdout } = spawnSync('id', ['-u', 'dbtool-server'], { encoding: 'utf8' })
    if (status === 0) expect([statSync(paths.data).uid, warnings]).toEqual([Number(stdout), []])
    else expect(warnings).toEqual([expect.stringContaining('a user dbtool-server cannot be created')])
  })

  it.runIf(root)('runs as root only below a directory that is closed to others, and says why', async () => {
    const paths = temporaryHome('closed', 'home')
    mkdirSync(paths.home, { recursive: true })
    chmodSync(dirname(paths.home), 0o700)
    const closed = await startServer(paths)
    expect(closed.warnings).toEqual([expect.stringContaining('runs as root')])
    expect(statSync(paths.data).uid).toBe(0)
    await stopServer(paths)
    for (const directory of [dirname(paths.home), dirname(dirname(paths.home))]) chmodSync(directory, 0o711)
    expect((await startServer(paths)).warnings).toEqual([])
    expect(statSync(paths.data).uid).not.toBe(0)
  })
})
