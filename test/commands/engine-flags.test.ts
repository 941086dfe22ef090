import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { engineFlags } from '../../commands/kit/engine-flags.ts'

describe('the flags of the engine for an import', () => {
  it('are known to this one, which would write an error for others', () => {
    const code = `for (const flag of ${JSON.stringify(engineFlags(process.versions.v8))})
      require('node:v8').setFlagsFromString(flag)`
    expect(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stderr).toBe('')
  })

  it.each([
    ['Node 20', '11.3.244.8-node.30', ['--heap-growing-percent=50', '--interrupt-budget=1200000']],
    ['Node 22', '12.4.254.21-node.33', ['--heap-growing-percent=50']],
    ['Node 24', '13.6.233.10-node.28', ['--heap-growing-percent=50']],
  ])('%s', (_name, v8, flags) => {
    expect(engineFlags(v8)).toEqual(flags)
  })
})
