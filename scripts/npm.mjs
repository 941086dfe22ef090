// Runs npm. Inside a script of npm, npm says itself where it is.
import { spawn } from 'node:child_process'

/** Resolves to the exit code and the output; `stdio` as of `spawn`. */
export function npm(args, { cwd, stdio = ['ignore', 'pipe', 'inherit'] }) {
  const { npm_execpath: path = '' } = process.env
  const [program, ...first] = path.endsWith('.js') ? [process.execPath, path] : ['npm']
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], { cwd, stdio })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(chunks).toString() }))
  })
}
