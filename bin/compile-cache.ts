import { readFileSync, statSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { foreignFolder } from '../src/file-trust.ts'
import { cacheFolder } from '../src/user-folders.ts'
import { CompiledFile, isOwnedByUser, makeDirectory, type Compiled } from './compiled-file.ts'

/** The types of Node 20 lack `enableCompileCache`. */
const { enableCompileCache, wrapper } = Module as unknown as {
  enableCompileCache?: (directory: string) => unknown
  wrapper: readonly [string, string]
}

/**
 * Caches compiled code for the next start. Node 22 and later has such a cache; for Node 20 this module provides one for
 * CommonJS. Only this user may write to the directory, because its content is run.
 */
export function cacheCompiled(env: NodeJS.ProcessEnv): void {
  if (env['NODE_DISABLE_COMPILE_CACHE'] === '1') return
  const directory = env['NODE_COMPILE_CACHE'] || cacheFolder(env)
  if (isForeign(directory)) return
  if (enableCompileCache === undefined)
    cacheModules(new CompiledFile(join(directory, `compiled-${process.version}-${process.arch}`)))
  else if (isOwnDirectory(directory)) enableCompileCache(directory)
}

/** Whether another user could replace the directory, such as one below a DBTOOL_HOME in that user's folder. */
function isForeign(directory: string): boolean {
  try {
    return foreignFolder(directory) !== undefined
  } catch {
    return true
  }
}

/** Creates the directory if it does not exist. */
function isOwnDirectory(directory: string): boolean {
  try {
    makeDirectory(directory)
    return isOwnedByUser(statSync(directory))
  } catch {
    return false
  }
}

/** Registers a loader for `.cjs`, which Node otherwise loads with the one for `.js`. */
function cacheModules(cache: CompiledFile): void {
  const fresh: (() => Compiled)[] = []
  const [head, tail] = wrapper.map((text) => Buffer.from(text)) as [Buffer, Buffer]
  // oxlint-disable-next-line typescript/no-deprecated -- it stays in Node 20; later versions do not run this.
  const { extensions } = createRequire(import.meta.filename)
  const loadUncached = extensions['.js']
  extensions['.cjs'] = (module, file): void => {
    const changedMs = statSync(file).ctimeMs
    const cachedData = cache.codeOf(file, changedMs)
    const source = Buffer.concat([head, readFileSync(file), tail]).toString()
    // On Node 20, `import()` inside a vm.Script prints a warning to the user.
    if (cachedData === undefined && dynamicImport.test(source)) {
      loadUncached(module, file)
      return
    }
    const script = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) })
    if (script.cachedDataRejected !== false) fresh.push(() => ({ file, changedMs, code: script.createCachedData() }))
    const body = script.runInThisContext() as (...args: unknown[]) => void
    body.call(module.exports, module.exports, createRequire(file), module, file, dirname(file))
  }
  // At exit, V8 has compiled every function that was called, and the cached data includes them.
  process.on('exit', () => {
    if (fresh.length > 0) cache.add(fresh.map((compiled) => compiled()))
  })
}

const dynamicImport = /\bimport\(/
