import { join, resolve } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { expect, it } from 'vitest'

const steps = resolve(import.meta.dirname, '..', 'scripts', 'steps.mjs')

/** Runs a script that imports `Steps` on a terminal of 40 columns, and resolves to its output. */
function run(script: string, env: Record<string, string> = {}): Promise<string> {
  const source = `import { Steps } from ${JSON.stringify(steps)}\nconst steps = new Steps()\n${script}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cols: 40,
    cwd: join(steps, '..'),
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', NO_COLOR: '1', ...env },
  })
  let output = ''
  child.onData((text) => (output += text))
  return new Promise((done) => child.onExit(() => done(output)))
}

/** The step ends only once its line was redrawn, however slow the machine is. */
const waiting = `let drawn = 0
  await steps.step('packages', async (report) => {
    report(() => (drawn++, drawn + ' of 500, and a text that is wider than the terminal'))
    while (drawn < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    return 'installed'
  })`

it('on a terminal, the line of a step shows what it does, on one line', async () => {
  const output = await run(waiting)
  const lines = output.split('\r\x1b[K')
  expect(lines).toContain('… packages  1 of 500, and a text that i')
  expect(lines.at(-1)).toMatch(/^✔ packages {2}installed, \d+\.\d s\r\n$/)
})

it('shows the last line of the program that it runs', async () => {
  const output = await run(
    `await steps.step('build', async (report) => {
       let seen = ''
       const onLine = (line) => { seen = line; report(line) }
       await steps.quietly('the build', process.execPath, ['-e', 'console.error("compiling")'], { onLine })
       return seen
     })`,
  )
  expect(output).toMatch(/✔ build {5}compiling, /)
})

it('draws nothing without a person', async () => {
  const output = await run(`await steps.step('packages', async (report) => { report('1 of 2'); return 'installed' })`, {
    CI: '1',
  })
  expect(output).toMatch(/^✔ packages {2}installed, \d+\.\d s\r\n$/)
})
