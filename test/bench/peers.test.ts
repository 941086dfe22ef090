import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Peers } from '../../bench/peers.ts'
import { temporaryFolder } from '../support/folder.ts'

describe('a peer that is not here', () => {
  const [empty, whole] = [temporaryFolder(), temporaryFolder()]
  for (const file of ['schema.sql', 'seed_orders.py', 'seed_orders.lua', 'select_one.lua'])
    writeFileSync(join(whole, file), '')

  it.each([
    ['no folder', undefined, 'DBTOOL_PEERS does not name the folder with the scripts of the peers'],
    ['a folder without its script', empty, 'seed_orders.lua is missing in the folder of DBTOOL_PEERS'],
    ['its program missing', whole, 'not installed; on Debian: apt-get install sysbench'],
  ])('says why, and how to get it: %s', (_what, folder, why) => {
    vi.stubEnv('PATH', empty)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(new Peers(folder, new AbortController().signal).missing('sysbench')).toBe(why)
  })
})
