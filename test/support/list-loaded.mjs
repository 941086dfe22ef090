// Loaded before dbtool: writes every module that is loaded, of either kind, to stderr.
import { writeSync } from 'node:fs'
import Module, { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

export async function load(url, context, next) {
  writeSync(2, `${url}\n`)
  return next(url, context)
}

if (isMainThread) {
  register(import.meta.url)
  process.on('exit', () => writeSync(2, Object.keys(Module._cache).join('\n')))
}
