import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { serverPaths } from '../../src/server/home.ts'
import { openLog } from '../../src/server/log.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()

// The lines of MariaDB 10.11 on a full file system.
it.each([
  [
    '[ERROR] InnoDB: preallocating 100663296 bytes for file ./ib_logfile101 failed with error 28',
    /^the disk is full: /,
  ],
  [
    '[ERROR] mariadbd: Error writing file \'./mysql/db.MAI\' (Errcode: 28 "No space left on device")',
    /^the disk is full: /,
  ],
  ["[ERROR] Can't start server: Bind on TCP/IP port: Address already in use", /^the port is in use/],
  ['[ERROR] InnoDB: Operating system error number 280', /^see the complete log: /],
])('%s', (line, hint) => {
  const paths = serverPaths({ DBTOOL_HOME: folder })
  mkdirSync(dirname(paths.log), { recursive: true })
  const log = openLog(paths)
  appendFileSync(paths.log, `2026-11-29  6:03:49 0 ${line}\n`)
  expect(log.failure('cannot start').hint).toMatch(hint)
  log.close()
})
