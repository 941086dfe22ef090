import { readFileSync, statSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { CompiledFile, isOurs, makeDirectory, type Compiled } from './compiled-file.ts'

/** Newer than the types of Node 20 know. */
const { enableCompileCache, wrapper } = Module as unknown as {
  enableCompileCache?: (directory: string) => unknown
  wrapper: readonly [string, string]
}

/**
 * Keeps what was compiled for the next start: of Node 22 and later Node itself does; for Node 20, this does for
 * CommonJS.
 * In a directory where only this user writes, since whoever can write there decides what runs.
 */
export function keepCompiled(env: NodeJS.ProcessEnv): void {
  if (env['NODE_DISABLE_COMPILE_CACHE'] === '1') return
  const directory = env['NODE_COMPILE_CACHE'] || cacheDirectory(env)
  if (enableCompileCache === undefined)
    keep(new CompiledFile(join(directory, `compiled-${process.version}-${process.arch}`)))
  else if (ownDirectory(directory)) enableCompileCache(directory)
}

function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env['DBTOOL_HOME']) return join(env['DBTOOL_HOME'], 'cache')
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'dbtool')
}

/** Made, where it is not there. */
function ownDirectory(directory: string): boolean {
  try {
    makeDirectory(directory)
    return isOurs(statSync(directory))
  } catch {
    return false
  }
}

/** Node loads `.cjs` as it loads `.js`, unless something is registered for it. */
function keep(kept: CompiledFile): void {
  const fresh: (() => Compiled)[] = []
  const [head, tail] = wrapper.map((text) => Buffer.from(text)) as [Buffer, Buffer]
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it stays in Node 20, and nothing later comes here.
  const { extensions } = createRequire(import.meta.filename)
  const loadAsEver = extensions['.js']
  extensions['.cjs'] = (module, file): void => {
    const changedMs = statSync(file).ctimeMs
    const cachedData = kept.codeOf(file, changedMs)
    const source = Buffer.concat([head, readFileSync(file), tail]).toString()
    // A script of ours can do so on Node 20 only with a warning for everybody to read.
    if (cachedData === undefined && importing.test(source)) {
      loadAsEver(module, file)
      return
    }
    const script = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) })
    if (script.cachedDataRejected !== false) fresh.push(() => ({ file, changedMs, code: script.createCachedData() }))
    const body = script.runInThisContext() as (...args: unknown[]) => void
    body.call(module.exports, module.exports, createRequire(file), module, file, dirname(file))
  }
  // At the end, when it is known which functions are called.
  process.on('exit', () => {
    if (fresh.length > 0) kept.add(fresh.map((compiled) => compiled()))
  })
}

const importing = /\bimport\(/
