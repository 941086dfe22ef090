import { describe, expect, it } from 'vitest'
import { ownCpuMs, processorTime, timesOfProcess } from '../../src/stress/cpu-time.ts'

describe('the CPU time', () => {
  it('of this process is the same by its own count and by that of Linux', async () => {
    const before = ownCpuMs()
    const times = await timesOfProcess(process.pid)
    if (process.platform !== 'linux') return
    // Linux counts in hundredths of a second.
    expect(times?.cpuMs).toBeGreaterThan(before - 50)
    expect(times?.cpuMs).toBeLessThan(ownCpuMs() + 50)
    expect(processorTime().busy).toBeGreaterThan(before)
  })

  it('of a process that does not exist is unknown', async () => {
    expect(await timesOfProcess(2 ** 30)).toBeUndefined()
  })
})
