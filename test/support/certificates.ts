import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const openssl = (...line: string[]): void => void execFileSync('openssl', line, { stdio: 'pipe' })

export const noOpenssl = ((): boolean => {
  try {
    openssl('version')
    return false
  } catch {
    return true
  }
})()

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/**
 * Certificates in a new folder: `ca` and `other`, which are authorities; `server`, for localhost alone; `elsewhere`,
 * for another host; `expired`, for localhost; `client`, whose subject is /CN=ada. Each has a NAME.pem and a NAME.key;
 * the last four are signed by `ca`.
 * @returns the path of a file in that folder.
 */
export function makeCertificates(directory: string): (name: string) => string {
  const at = (name: string): string => join(directory, name)
  mkdirSync(directory, { recursive: true })
  for (const name of ['ca', 'other'])
    openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`))
  sign(at, 'server', '/CN=localhost', ['-extfile', extension(at, 'DNS:localhost')])
  sign(at, 'elsewhere', '/CN=db.example.com', ['-extfile', extension(at, 'DNS:db.example.com')])
  signInThePast(at, 'expired', '/CN=localhost')
  sign(at, 'client', '/CN=ada')
  return at
}

function extension(at: (name: string) => string, alternative: string): string {
  const path = at('extensions')
  writeFileSync(path, `subjectAltName = ${alternative}`)
  return path
}

let serial = 7

function sign(at: (name: string) => string, name: string, subject: string, more: readonly string[] = []): void {
  request(at, name, subject)
  serial += 1
  const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', String(serial)]
  openssl('x509', '-req', '-in', at(`${name}.csr`), ...authority, ...more, '-out', at(`${name}.pem`))
}

function request(at: (name: string) => string, name: string, subject: string): void {
  openssl('req', '-new', ...newKey, '-subj', subject, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`))
}

/** `openssl x509` takes no date, `openssl ca` no more than this. */
function signInThePast(at: (name: string) => string, name: string, subject: string): void {
  request(at, name, subject)
  const [config, folder] = [at('ca.cnf'), at('issued')]
  mkdirSync(folder)
  writeFileSync(at('index'), '')
  const lines = ['[ca]', 'default_ca=past', '[past]', `new_certs_dir=${folder}`, `database=${at('index')}`]
  writeFileSync(
    config,
    [...lines, 'default_md=sha256', 'rand_serial=yes', 'policy=any', '[any]', 'commonName=supplied', ''].join('\n'),
  )
  const authority = ['-cert', at('ca.pem'), '-keyfile', at('ca.key'), '-extfile', extension(at, 'DNS:localhost')]
  const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z']
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-config',
    config,
    ...authority,
    ...dates,
    '-in',
    at(`${name}.csr`),
    '-out',
    at(`${name}.pem`),
  )
}
