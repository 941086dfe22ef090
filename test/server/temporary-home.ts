import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { serverPaths, type ServerPaths } from '../../src/server/home.ts'
import { answers, processState, readPid } from '../../src/server/process.ts'
import { stopServer } from '../../src/server/stop.ts'
import { folderForData } from '../support/memory.ts'

export const root = process.getuid?.() === 0

/** A home for one test. At the end of the test, its server is stopped in any case. */
export function temporaryHome(...below: string[]): ServerPaths {
  const top = realpathSync(mkdtempSync(join(folderForData(), 'dbt-')))
  const paths = serverPaths({ DBTOOL_HOME: join(top, ...below) })
  const release = watch(top, paths)
  onTestFinished(async () => {
    await stopServer(paths).catch(() => killServer(paths))
    rmSync(top, { recursive: true, force: true })
    release()
  })
  return paths
}

/** The same with data in it, as a first start makes them: for a test that is not about how they are made. */
export function furnishedHome(): ServerPaths {
  const paths = temporaryHome()
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 })
  execFileSync('cp', ['-Rp', inject('freshData'), paths.data])
  return paths
}

const afterwards = `while read -r _; do :; done
for attempt in 1 2 3; do
  pid=$(cat "$2" 2>/dev/null) && [ "$pid" != "$3" ] && kill -9 "$pid" 2>/dev/null
  rm -rf "$1" && [ "$attempt" = 3 ] || sleep 0.5
done`

/** Cleans up after Ctrl-C, which ends the tests before they can: a shell waits for the end of this process. */
function watch(top: string, paths: ServerPaths): () => void {
  const shell = spawn('sh', ['-c', afterwards, 'sh', top, paths.pidFile, String(process.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.kill('SIGKILL')
}

/** Kills the server with SIGKILL, like a power cut. */
export async function killServer(paths: ServerPaths): Promise<void> {
  const pid = await readPid(paths)
  if (pid === undefined || (await processState(pid, paths)) !== 'server') return
  process.kill(pid, 'SIGKILL')
  while ((await processState(pid, paths)) === 'server' || (await answers(paths.socket))) await sleep(10)
}
