import { quotedPath } from '../values.ts'
import type { ConfigFault } from './fault.ts'

/** The fault of a file with a password that every user can read; ssh rejects private keys for the same reason. */
export function exposure(name: string): ConfigFault {
  return {
    sentence: `${name} contains a password, and every user of this machine can read it`,
    fix: `run: chmod 600 ${quotedPath(name)}`,
  }
}
