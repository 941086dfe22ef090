import { InvalidValue } from './errors.ts'
import { quoteValue } from './values.ts'

/** A host of a list. Without a port, it has that of DB_PORT. */
export interface ListedHost {
  readonly host: string
  readonly port: number | undefined
}

/** Without node:net, which a help page must not load. An address may name its interface: fe80::1%eth0. */
function isIpv6(text: string): boolean {
  const address = text.replace(/%\w+$/, '')
  return /^[\da-f:.]+$/i.test(address) && address.includes(':') && URL.canParse(`http://[${address}]/`)
}

/**
 * Parses one host, or several with commas between them, in order of preference: `a,b:3307,[::1]:3308`. An address of
 * IPv6 is in brackets; alone and without a port, it needs none. Throws InvalidValue.
 */
export function parseHosts(text: string): readonly ListedHost[] {
  if (isIpv6(text)) return [{ host: text, port: undefined }]
  const items = text.split(',').map((item) => item.trim())
  const hosts = (items.length === 1 ? [text] : items).map(parseHost)
  const repeated = items.find((item, index) => items.indexOf(item) !== index)
  if (repeated !== undefined) throw new InvalidValue(`names ${quoteValue(repeated)} twice`)
  return hosts
}

const highestPort = 65_535
const bracketed = /^\[([^[\]]*)\](?::(.*))?$/s
const named = /^([^\s/@:[\]]+)(?::([^\s/@]*))?$/

function parseHost(item: string): ListedHost {
  if (item === '') throw new InvalidValue('must not have an empty place between its commas')
  if (isIpv6(item)) throw new InvalidValue(`needs brackets around an address of IPv6: [${item}]`)
  const [, address, portOfAddress] = bracketed.exec(item) ?? []
  if (address !== undefined && isIpv6(address)) return { host: address, port: parsePort(portOfAddress, item) }
  const [, host, port] = named.exec(item) ?? []
  if (host === undefined) throw new InvalidValue(`must be a host name or an address, not ${quoteValue(item)}`)
  return { host, port: parsePort(port, item) }
}

function parsePort(text: string | undefined, item: string): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > highestPort)
    throw new InvalidValue(`must have a port from 1 to ${highestPort} after its colon, not ${quoteValue(item)}`)
  return port
}
