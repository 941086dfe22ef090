import { InvalidValue } from './errors.ts'
import type { SettingName } from './settings.ts'

const form = 'mariadb://user@host:port/database'

/**
 * The parts of a connection URL, still as text, by the name of the variable that each stands for. Throws InvalidValue,
 * saying what is wrong without repeating the password.
 */
export function urlParts(url: string): Partial<Record<SettingName, string>> {
  const stray = /[\s\p{Cc}<>"`\\^{}|]/u.exec(url)
  // The character itself might be part of the password.
  if (stray !== null) throw wrong(`character ${stray.index + 1} must be percent-encoded`)
  if (!/^(mariadb|mysql):\/\//.test(url)) throw wrong('it must start with mariadb://')
  if (!URL.canParse(url)) throw wrong('the host or the port cannot be read')
  const { hostname, port, pathname, username, password, search, hash } = new URL(url)
  const [, socket = ''] = /^\?socket=([^&]+)$/.exec(search) ?? []
  if (hash !== '' || (search !== '' && socket === ''))
    throw wrong(`'${(search || hash).slice(0, 1)}' and what follows it mean nothing here, except for ?socket=PATH`)
  const database = pathname.slice(1)
  if (database.includes('/')) throw wrong('there is more than one name after the host')
  const parts = {
    DB_HOST: hostname.replace(/^\[(.*)\]$/, '$1'),
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

function wrong(why: string): InvalidValue {
  return new InvalidValue(`must be a URL such as ${form}: ${why}`)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wrong('a % is not followed by two hexadecimal digits')
  }
}

/** `mariadb://user:********@host:port/database`. */
export function maskedUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/:@]*):.*@/, '$1:********@')
}
