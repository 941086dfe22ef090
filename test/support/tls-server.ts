import { chownSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDirectories } from '../../src/server/directories.ts'
import type { ServerPaths } from '../../src/server/home.ts'
import { installData } from '../../src/server/install.ts'
import { launch } from '../../src/server/launch.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { withSession } from '../../src/server/session.ts'
import { freePort } from '../server/free-port.ts'
import { temporaryHome } from '../server/temporary-home.ts'
import { makeCertificates } from './certificates.ts'

export interface TestServer {
  readonly port: number
  readonly paths: ServerPaths
  /** The path of a certificate or key. */
  readonly file: (name: string) => string
  /** From now on the server has this certificate. */
  readonly useCertificate: (name: string) => Promise<void>
}

/** A server on a port, with a certificate for localhost unless it has none: until the test ends, or in a given home. */
export async function testServer({
  tls = true,
  more = [],
  furnished,
}: { tls?: boolean; more?: readonly string[]; furnished?: ServerPaths } = {}): Promise<TestServer> {
  const paths = furnished ?? temporaryHome()
  const [programs, user, port] = [findPrograms(), prepareDirectories(paths), await freePort()]
  const folder = join(paths.home, 'certificates')
  const file = tls ? makeCertificates(folder) : (name: string): string => join(folder, name)
  const owned = (name: string): void => {
    if (user.spawn.uid !== undefined) chownSync(file(name), user.spawn.uid, user.spawn.gid ?? -1)
  }
  const read = (name: string): void => {
    for (const kind of ['pem', 'key']) {
      copyFileSync(file(`${name}.${kind}`), file(`current.${kind}`))
      owned(`current.${kind}`)
    }
  }
  if (tls) read('server')
  const flags = ['cert=current.pem', 'key=current.key', 'ca=ca.pem'].map((flag) => {
    const [option = '', name = ''] = flag.split('=')
    return `--ssl-${option}=${file(name)}`
  })
  if (furnished === undefined) await installData({ paths, programs, user })
  const given = [...user.arguments, ...(tls ? flags : ['--skip-ssl']), ...more]
  await launch({ paths, programs, user: { ...user, arguments: given }, port })
  return {
    port,
    paths,
    file,
    async useCertificate(name) {
      read(name)
      await withSession(paths, (db) => db.execute('FLUSH SSL'))
    },
  }
}
