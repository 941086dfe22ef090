import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, onTestFinished } from 'vitest'
import { serverPaths, type ServerPaths } from '../../src/server/home.ts'
import { answers, processState, readPid } from '../../src/server/process.ts'
import { stopServer } from '../../src/server/stop.ts'

export const root = process.getuid?.() === 0

/** A home of the test's own, in which no server is left when the test ends, however it ends. */
export function temporaryHome(...below: string[]): ServerPaths {
  return homeUntil(onTestFinished, below)
}

/** The same for all tests of a file; call it at the top of the file or of a `describe`. */
export function homeOfFile(): ServerPaths {
  return homeUntil(afterAll, [])
}

function homeUntil(ends: (cleanUp: () => Promise<void>) => void, below: readonly string[]): ServerPaths {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'dbt-')))
  const paths = serverPaths({ DBTOOL_HOME: join(top, ...below) })
  const release = watch(top, paths)
  ends(async () => {
    await stopServer(paths).catch(() => killServer(paths))
    rmSync(top, { recursive: true, force: true })
    release()
  })
  return paths
}

const afterwards = `while read -r _; do :; done
for attempt in 1 2 3; do
  pid=$(cat "$2" 2>/dev/null) && [ "$pid" != "$3" ] && kill -9 "$pid" 2>/dev/null
  rm -rf "$1" && [ "$attempt" = 3 ] || sleep 0.5
done`

/** Ctrl-C ends the tests before they can tidy up: a shell that waits for the end of this process does it then. */
function watch(top: string, paths: ServerPaths): () => void {
  const shell = spawn('sh', ['-c', afterwards, 'sh', top, paths.pidFile, String(process.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.kill('SIGKILL')
}

/** What a power cut does to it. */
export async function killServer(paths: ServerPaths): Promise<void> {
  const pid = await readPid(paths)
  if (pid === undefined || (await processState(pid, paths)) !== 'ours') return
  process.kill(pid, 'SIGKILL')
  while ((await processState(pid, paths)) === 'ours' || (await answers(paths.socket))) await sleep(10)
}
