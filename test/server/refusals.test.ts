import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resetServer } from '../../src/server/reset.ts'
import { startServer } from '../../src/server/start.ts'
import { findServer } from '../../src/server/status.ts'
import { stopServer } from '../../src/server/stop.ts'
import { freePort } from './free-port.ts'
import { furnishedHome, temporaryHome } from './temporary-home.ts'

describe('the private server refuses', { timeout: 120_000 }, () => {
  it('a socket path that is too long, naming DBTOOL_HOME and the limit', async () => {
    const paths = temporaryHome('x'.repeat(90))
    await expect(startServer(paths)).rejects.toMatchObject({
      code: 'SERVER_FAILED',
      message: expect.stringContaining('with a maximum of 103'),
      hint: expect.stringContaining('DBTOOL_HOME'),
    })
    expect(existsSync(paths.home)).toBe(false)
    expect(await findServer(paths)).toBeUndefined()
  })

  it('to start on or delete data that dbtool did not create', async () => {
    const paths = temporaryHome()
    const precious = join(paths.data, 'thesis.txt')
    mkdirSync(paths.data, { recursive: true })
    writeFileSync(precious, 'mine')
    await expect(resetServer(paths)).rejects.toThrow(/not a data directory of dbtool/)
    await expect(startServer(paths)).rejects.toThrow(/not a data directory of dbtool/)
    expect(readFileSync(precious, 'utf8')).toBe('mine')
  })

  it('another port than the one it runs with', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    await expect(startServer(paths, { port: 33_306 })).rejects.toThrow(
      'the private server is already running, without a port',
    )
  })

  it('a port in use, with the advice to choose another, and starts without it', async () => {
    const paths = furnishedHome()
    const port = await freePort()
    const neighbour = createServer().listen(port, '127.0.0.1')
    try {
      await expect(startServer(paths, { port })).rejects.toMatchObject({ hint: expect.stringContaining('--port') })
    } finally {
      neighbour.close()
    }
    expect((await startServer(paths)).started).toBe(true)
  })

  it('to start without a pid file, quoting its log', async () => {
    const paths = furnishedHome()
    mkdirSync(paths.pidFile, { recursive: true })
    await expect(startServer(paths)).rejects.toThrow(/mariadbd did not start .*pid/i)
    expect(await findServer(paths)).toEqual({ isStopped: true })
  })

  it('a home below a file, with the path in the message', async () => {
    const paths = temporaryHome('file', 'home')
    writeFileSync(join(paths.home, '..'), '')
    await expect(startServer(paths)).rejects.toThrow(paths.home)
  })

  it('to continue after an interrupt, and leaves no incomplete data directory and no server', async () => {
    for (const moment of ['creating the data directory', 'starting MariaDB']) {
      const paths = moment === 'starting MariaDB' ? furnishedHome() : temporaryHome()
      const interrupt = new AbortController()
      const progress = (message: string): void => {
        if (message === moment) setTimeout(() => interrupt.abort(new Error('interrupted')), 10)
      }
      await expect(startServer(paths, { signal: interrupt.signal, progress }), moment).rejects.toThrow('interrupted')
      expect(
        readdirSync(paths.directory).filter((name) => name.startsWith('new-')),
        moment,
      ).toEqual([])
      const left = moment === 'starting MariaDB' ? { isStopped: true } : undefined
      expect(await findServer(paths), moment).toEqual(left)
      expect((await startServer(paths)).started, moment).toBe(true)
    }
  })

  it('to hide when its socket was deleted: stop still finds it', async () => {
    const paths = furnishedHome()
    const { status } = await startServer(paths)
    rmSync(paths.socket)
    expect(await findServer(paths)).toBeUndefined()
    expect(await stopServer(paths)).toEqual({ stopped: true })
    expect((await startServer(paths)).status.pid).not.toBe(status.pid)
  })
})
