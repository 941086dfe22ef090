import { resolve } from 'node:path'
import { readRegularFile } from '../regular-file.ts'
import { quotedPath } from '../values.ts'
import type { ConfigFault } from './fault.ts'
import { leadsInside } from './found-file.ts'
import { nameIn } from './layers.ts'
import type { Statement } from './precedence.ts'
import { reasonOf } from './reason.ts'

const maxBytes = 4_096

export type PasswordFile = { readonly secret: string } | { readonly unreadable: ConfigFault }

/**
 * Reads a password file: one line of at most 4 KiB. A file that dbtool has found by itself may only name one in its own
 * folder or below. Otherwise, the author of such a file could send any file of this user to a server.
 */
export function readPasswordFile({ text, layer }: Statement, cwd: string): PasswordFile {
  const path = resolve(cwd, text)
  const setting = `${nameIn(layer, 'DB_PASSWORD_FILE')} (${layer.origin})`
  try {
    if (layer.found !== undefined && !leadsInside(path, layer.found))
      return {
        unreadable: {
          sentence: `${setting} names the file ${text}, which is outside the folder of ${layer.origin}`,
          fix: `if you want to use it, name it yourself: --password-file ${quotedPath(text)}`,
        },
      }
    const secret = readRegularFile(path, { maxBytes, orPipe: layer.found === undefined }).text.replace(/\r?\n$/, '')
    if (!secret.includes('\n')) return { secret }
    throw new Error('it has more than one line')
  } catch (cause) {
    const named = layer.nameOf === undefined ? '--password-file and DB_PASSWORD_FILE' : setting
    return {
      unreadable: { sentence: `cannot read the password file ${text}: ${reasonOf(cause)}`, fix: `check ${named}` },
    }
  }
}
