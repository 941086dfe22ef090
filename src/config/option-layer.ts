import type { SslMode } from '../db/target.ts'
import type { SettingName } from '../settings.ts'
import { quoteValue } from '../values.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import { layerOf, type Layer } from './layers.ts'
import { readOptions, type Folders, type Option } from './option-file.ts'

const settings: Readonly<Record<string, SettingName>> = {
  host: 'DB_HOST',
  port: 'DB_PORT',
  socket: 'DB_SOCKET',
  user: 'DB_USER',
  password: 'DB_PASSWORD',
  database: 'DB_NAME',
  'ssl-ca': 'DB_SSL_CA',
  'ssl-cert': 'DB_SSL_CERT',
  'ssl-key': 'DB_SSL_KEY',
  'tls-version': 'DB_TLS_VERSION',
}

type OptionTexts = Partial<Record<SettingName, string>>

const nameOf = (name: SettingName): string => Object.keys(settings).find((option) => settings[option] === name) ?? name

/** The connection settings of an option file. Unknown options are ignored, because other programs use them. */
export function optionFileLayer(path: string, folders: Folders): { layer: Layer; faults: ConfigFault[] } {
  const faults: ConfigFault[] = []
  const options = readOptions(path, folders, faults).map(plain)
  const last = (name: string): Option | undefined => options.findLast((option) => option.name === name)
  const texts: OptionTexts = {}
  for (const [name, setting] of Object.entries(settings)) {
    const option = last(name)
    // For `password` without a value, MariaDB's own client prompts; dbtool ignores it.
    if (option !== undefined && option.value === undefined && name !== 'password')
      faults.push(wrongValue(`${name} (${path}) needs a value`))
    if (option?.value !== undefined) texts[setting] = option.value
    if (option?.cut !== undefined) faults.push(wrongValue(option.cut))
  }
  faults.push(...unsupportedTls(options, path))
  const address = oneAddress(texts, last('protocol')?.value)
  const source = { ...address, DB_SSL_MODE: sslMode(options, switchIn(path, faults)) }
  return { layer: layerOf({ origin: path, nameOf, chosen: true }, source, []), faults }
}

/** Resolves the prefixes: `skip-ssl` is `ssl=0`, and so on. `loose-` marks an option that some programs do not know. */
function plain({ name, value, cut }: Option): Option {
  const [, prefix, rest = name] = /^(?:loose-)?(?:(skip|disable|enable)-)?(.*)$/.exec(name) ?? []
  if (prefix === undefined) return { name: rest, value, cut }
  return { name: rest, value: prefix === 'enable' ? '1' : '0' }
}

/**
 * The socket or the host, as MariaDB's own client chooses. Localhost means the socket if there is one; any other host,
 * or `protocol=tcp`, means the network.
 */
function oneAddress(
  { DB_SOCKET: socket, DB_HOST: given = '', DB_PORT: port, ...rest }: OptionTexts,
  protocol = '',
): OptionTexts {
  const overNetwork = protocol.toLowerCase() === 'tcp' || (given !== '' && given !== 'localhost')
  if (socket !== undefined && !overNetwork) return { ...rest, DB_SOCKET: socket }
  const host = given === '' && socket !== undefined ? 'localhost' : given
  return {
    ...rest,
    ...(host === '' ? {} : { DB_HOST: host }),
    ...(port === undefined || port === '0' ? {} : { DB_PORT: port }),
  }
}

const tlsFiles: readonly string[] = ['ssl-ca', 'ssl-cert', 'ssl-key']
const tlsSwitches: readonly string[] = ['ssl', 'ssl-verify-server-cert']

/** Rejects every other TLS option: in silence, a list of revoked certificates, for example, would have no effect. */
function unsupportedTls(options: readonly Option[], path: string): ConfigFault[] {
  const names = options.map(({ name }) => name).filter((name) => /^(ssl|tls)(-|$)/.test(name))
  const unknown = new Set(names.filter((name) => !Object.hasOwn(settings, name) && !tlsSwitches.includes(name)))
  return [...unknown].map((name) => ({
    sentence: `dbtool does not support the option ${name} (${path}) about TLS`,
    fix: 'remove it from the file, or give dbtool a file of its own with --defaults-file',
  }))
}

/** A trusted certificate implies encryption too: otherwise the option would have no effect. */
function sslMode(options: readonly Option[], isOn: (option: Option) => boolean): SslMode | undefined {
  let [encrypted, verified]: (boolean | undefined)[] = []
  for (const option of options) {
    if (option.name === 'ssl') encrypted = isOn(option)
    if (tlsFiles.includes(option.name)) encrypted = true
    if (option.name === 'ssl-verify-server-cert') verified = isOn(option)
  }
  if (encrypted === false) return 'disabled'
  if (verified === true) return 'verify-identity'
  return encrypted === true ? 'required' : undefined
}

/**
 * Parses a switch. MariaDB's own programs treat an unknown value as off; here it is a fault, because it decides about
 * encryption.
 */
function switchIn(path: string, faults: ConfigFault[]): (option: Option) => boolean {
  return ({ name, value = '1' }) => {
    if (/^(1|on|true)$/i.test(value)) return true
    if (!/^(0|off|false)$/i.test(value))
      faults.push(wrongValue(`${name} (${path}) must be 1 or 0, not ${quoteValue(value)}`))
    return false
  }
}
