import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, inject, onTestFinished } from 'vitest'
import { serverPaths, type ServerPaths } from '../../src/server/home.ts'
import { processState, readPid } from '../../src/server/process.ts'
import { answers } from '../../src/server/session.ts'
import { stopServer } from '../../src/server/stop.ts'
import { folderForData } from '../support/memory.ts'

export const root = process.getuid?.() === 0

/** A home for one test. At the end of the test, its server is stopped in any case. */
export function temporaryHome(...below: string[]): ServerPaths {
  return homeUntil(onTestFinished, below)
}

/** A home for all tests of a file, with the data of a first start. Call it at the top of a file or of a `describe`. */
export function homeOfFile(): ServerPaths {
  return furnished(homeUntil(afterAll, []))
}

function homeUntil(ends: (cleanUp: () => Promise<void>) => void, below: readonly string[]): ServerPaths {
  const top = realpathSync(mkdtempSync(join(folderForData(), 'dbt-')))
  const paths = serverPaths({ DBTOOL_HOME: join(top, ...below) })
  const release = watch(top, paths)
  ends(async () => {
    await stopServer(paths).catch(() => killServer(paths))
    rmSync(top, { recursive: true, force: true })
    release()
  })
  return paths
}

/** A home with the data of a first start: for a test with another subject than how they are created. */
export function furnishedHome(): ServerPaths {
  return furnished(temporaryHome())
}

function furnished(paths: ServerPaths): ServerPaths {
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
  while ((await processState(pid, paths)) === 'server' || (await answers(paths))) await sleep(10)
}
