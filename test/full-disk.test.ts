import type { ChildProcess } from 'node:child_process'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { BackupMessages } from '../src/client/physical/messages.ts'
import { namesFullDisk } from '../src/full-disk.ts'

const errcode = '(Errcode: 28 "No space left on device")'

// The lines of MariaDB 10.11 and its programs on a full file system, but for those of a quota and another language.
it.each([
  ['a statement, in its temporary file', `Error writing file '/tmp/#sql/fd=52' ${errcode}`],
  ['a statement, in a new table', `Error writing file './d/n.frm' ${errcode}`],
  ['the log of the server, a temporary table', `[ERROR] mariadbd: Disk got full writing 'd.tt' ${errcode}`],
  [
    'the log of the server, a table of Aria',
    `[Warning] mariadbd: Disk is full writing './d/a.MAD' ${errcode}. Waiting for someone to free space...`,
  ],
  ['the log of the server, at its start', `[ERROR] mariadbd: Error writing file './ddl_recovery.log' ${errcode}`],
  ['InnoDB', '[ERROR] InnoDB: preallocating 409600 bytes for file ./d/i.ibd failed with error 28'],
  ['InnoDB, at a rollback', '[ERROR] [FATAL] InnoDB: Error (Out of disk space) in rollback.'],
  ['InnoDB, at a write', '[ERROR] InnoDB: Operating system error number 28 in a file operation.'],
  ['mbstream', `mbstream: Error writing file './a.ibd' ${errcode}`],
  ['mariadb-backup', 'mariadb-backup: Error writing file \'./ibdata1\' (errno: 28 "No space left on device")'],
  ['a server in another language', 'Fehler beim Schreiben der Datei \'bin\' (Errcode: 28 "Kein Platz mehr")'],
  ['a quota', 'Error writing file \'bin\' (Errcode: 122 "Disk quota exceeded")'],
  ['InnoDB, about a quota', '[ERROR] InnoDB: Operating system error number 122 in a file operation.'],
])('a full disk, in the words of %s', (_source, line) => {
  expect(namesFullDisk(line)).toBe(true)
})

it.each([
  ['another number', '[ERROR] InnoDB: Operating system error number 280'],
  ['another number', 'Got error 122 "Internal (unspecified) error in handler" from storage engine InnoDB'],
  ['another error', 'Error reading file \'bin\' (Errcode: 5 "Input/output error")'],
  [
    'the advice of InnoDB after any failed write',
    '[ERROR] InnoDB: Operating system error number 5. Check also that the disk is not full or a disk quota exceeded.',
  ],
])('no full disk: %s', (_what, line) => {
  expect(namesFullDisk(line)).toBe(false)
})

it('mariadb-backup names the file that did not fit, and not the step that failed after it', async () => {
  const messages = new BackupMessages()
  const child = {
    stderr: Readable.from([
      "[01] 2026-11-29 08:09:15 Copying ibdata1 to './ibdata1'\n",
      'mariadb-backup: Error writing file \'./ibdata1\' (errno: 28 "No space left on device")\n',
      '[01] 2026-11-29 08:09:15 Error: copy_file() failed.\n',
    ]),
  }
  await messages.listen(child as unknown as ChildProcess)
  await new Promise((resolve) => child.stderr.on('end', resolve))
  expect(messages.error('mariadb-backup --move-back', 1, 'nothing was changed')).toMatchObject({
    code: 'CLIENT_FAILED',
    message:
      'mariadb-backup --move-back failed: ' +
      'mariadb-backup: Error writing file \'./ibdata1\' (errno: 28 "No space left on device")',
    hint: 'the disk is full; nothing was changed',
  })
})
