import { InvalidValue } from './errors.ts'
import { parseHosts } from './hosts.ts'
import type { SettingName } from './settings.ts'

const form = 'mariadb://user@host:port/database'

/**
 * Splits a connection URL into texts by the names of the corresponding variables. Throws InvalidValue with a message
 * that never contains the password.
 */
export function urlParts(url: string): Partial<Record<SettingName, string>> {
  const stray = /[\s\p{Cc}<>"`\\^{}|]/u.exec(url)
  // The message omits the character, which may be part of the password.
  if (stray !== null) throw invalid(`character ${stray.index + 1} must be percent-encoded`)
  if (!/^(mariadb|mysql):\/\//.test(url)) throw invalid('it must start with mariadb://')
  if (hasBareMark(url)) throw invalid(`a #, ? or / comes before the @; ${encodings}`)
  const { hosts, single } = splitHosts(url)
  if (!URL.canParse(single)) throw invalid('the host or the port is invalid')
  const { hostname, port, pathname, username, password, search, hash } = new URL(single)
  const [, socket = ''] = /^\?socket=([^&]+)$/.exec(search) ?? []
  if (hash !== '' || (search !== '' && socket === ''))
    throw invalid(`'${(search || hash).slice(0, 1)}' and the text after it are not allowed, except for ?socket=PATH`)
  const database = pathname.slice(1)
  if (database.includes('/')) throw invalid('more than one name follows the host')
  const parts = {
    DB_HOST: hosts ?? hostname.replace(/^\[(.*)\]$/, '$1'),
    DB_PORT: port,
    DB_USER: username,
    DB_PASSWORD: password,
    DB_NAME: database,
    DB_SOCKET: socket,
  }
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) => (part === '' ? [] : [[name, decoded(part)]])),
  )
}

const encodings = 'write # as %23, ? as %3F, / as %2F, @ as %40 and % as %25'

/**
 * Whether a character that ends the host comes before the last @, as in an unencoded password. The host would end
 * there, and the rest of the password would be a path, or nothing.
 */
function hasBareMark(url: string): boolean {
  const [, rest = ''] = /^[a-z]+:\/\/([^]*)$/.exec(url) ?? []
  return rest.lastIndexOf('@') > rest.search(/[/?#]|$/)
}

/** The list of several hosts in a URL, and the URL with one host in its place. */
function splitHosts(url: string): { readonly hosts: string | undefined; readonly single: string } {
  const start = url.indexOf('//') + 2
  const end = start + url.slice(start).search(/[/?#]|$/)
  const listStart = Math.max(start, url.lastIndexOf('@', end) + 1)
  const list = url.slice(listStart, end)
  if (!list.includes(',')) return { hosts: undefined, single: url }
  try {
    parseHosts(decoded(list))
  } catch (error) {
    if (!(error instanceof InvalidValue) || error.message.startsWith('must be a URL')) throw error
    throw invalid(`the list of hosts ${error.message}`)
  }
  return { hosts: list, single: `${url.slice(0, listStart)}host${url.slice(end)}` }
}

function invalid(reason: string): InvalidValue {
  return new InvalidValue(`must be a URL such as ${form}: ${reason}`)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid(`a % is not the beginning of an encoded character; ${encodings}`)
  }
}
