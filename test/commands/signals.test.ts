import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { binary, environment, spawned } from '../support/binary.ts'
import { testDatabase, untilRuns } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
beforeAll(() => smallShop(database))

const stress = (...flags: string[]): string[] => ['pool', 'stress', ...flags]
const long = stress('--sql', 'SELECT SLEEP(20)', '--workers', '3', '--pool-timeout', '30s')
/** Long enough for the first statements to have ended. */
const whileMs = 300
const working = (): Promise<void> => untilRuns(shop, 'SELECT SLEEP%')

describe('Ctrl-C, SIGTERM and SIGHUP', () => {
  it('end a load test with what it has measured, and keep it: 130', async () => {
    const kept = join(folder, 'kept.json')
    const child = await spawned(stress('--duration', '30s', '--json', '--out', `json=${kept}`), {
      database,
      working,
      signals: [[whileMs, 'SIGINT']],
    })
    expect(child.exitCode).toBe(130)
    expect(JSON.parse(child.stdout)).toMatchObject({ failed: 0, workers: 50, partial: true })
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ result: { partial: true } })
    rmSync(kept)
    expect(JSON.parse(child.stderr)).toEqual({
      error: { code: 'INTERRUPTED', message: 'interrupted', hint: null, exitCode: 130 },
    })
  })

  // Without the cut, its statements would have ended, and been measured.
  it('cut a statement that runs on: 130', async () => {
    const child = await spawned(long, { database, working, signals: [[0, 'SIGINT']] })
    expect(child).toMatchObject({ exitCode: 130, stdout: '', stderr: 'error: interrupted\n' })
  })

  it('the second one is immediate: the first one gives work on the shop a second to end', async () => {
    await shop.connection.execute('LOCK TABLES users WRITE')
    const child = await spawned(['users', 'list'], {
      database,
      working: () => untilRuns(shop, '%FROM users%'),
      signals: [
        [0, 'SIGINT'],
        [100, 'SIGTERM'],
      ],
    })
    await shop.connection.execute('UNLOCK TABLES')
    // The first one alone ends with 130.
    expect(child).toMatchObject({ exitCode: 143, stdout: '' })
  })

  it('SIGTERM is 143', async () => {
    const child = await spawned([...long, '--json'], { database, working, signals: [[0, 'SIGTERM']] })
    expect(child.exitCode).toBe(143)
    expect(JSON.parse(child.stderr)).toMatchObject({ error: { code: 'TERMINATED', exitCode: 143 } })
  })

  it('SIGHUP is 129, and leaves no half of a file', async () => {
    const child = await spawned([...long, '--json', '-o', join(folder, 'result.json')], {
      database,
      working,
      signals: [[0, 'SIGHUP']],
    })
    expect(child.exitCode).toBe(129)
    expect(JSON.parse(child.stderr)).toEqual({
      error: { code: 'HUNG_UP', message: 'hung up', hint: null, exitCode: 129 },
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('the key itself, on a terminal', async () => {
    const tty = terminal(stress('--duration', '30s'), database)
    await working()
    await sleep(whileMs)
    tty.type(keys.ctrlC)
    expect(await tty.ended()).toBe(130)
    expect(tty.screen).toMatch(/time-outs, 0 other failures/)
    expect(tty.screen).toContain('partial: interrupted')
    expect(tty.screen).toContain('error: interrupted')
  })
})

describe('a reader that leaves', () => {
  it.each(['| head -1', '2>&1 | head -1', '| true'])('dbtool users list --format csv %s is quiet', (pipe) => {
    const script = `"$0" "$1" users list --format csv ${pipe}; exit "\${PIPESTATUS[0]}"`
    const stdout = execFileSync('bash', ['--norc', '-c', `{ ${script}; } 2>&1`, process.execPath, binary], {
      env: environment(database),
      encoding: 'utf8',
    })
    expect(stdout).toBe(
      pipe === '| true' ? '' : 'id,username,email,first_name,last_name,is_active,is_admin,created_at,last_login\n',
    )
  })
})
