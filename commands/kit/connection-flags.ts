import type { Invocation } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'

/** The connection flags of every command. */
export interface ConnectionFlags {
  url?: string
  host?: string
  port?: string
  target?: string
  user?: string
  database?: string
  socket?: string
  passwordFile?: string
  askPassword?: true
  sslMode?: string
  sslCa?: string
  sslCert?: string
  sslKey?: string
  tlsVersion?: string
  envFile?: string
  profile?: string
  defaultsFile?: string
  confirm?: string
}

type ConnectionOverrides = Pick<
  Invocation,
  'connection' | 'profile' | 'optionFile' | 'envFile' | 'confirmed' | 'askPassword' | 'passwordFromStdin'
>

/**
 * Converts the connection flags to the settings of an invocation.
 *
 * @throws DbtoolError USAGE if `--ask-password` and `--password-file` are both given.
 */
export function connectionOverrides(flags: ConnectionFlags): ConnectionOverrides {
  const { url, host, port, target, user, database, socket, passwordFile } = flags
  const { sslMode, sslCa, sslCert, sslKey, tlsVersion } = flags
  if (flags.askPassword === true && passwordFile !== undefined)
    throw new DbtoolError('USAGE', '--ask-password and --password-file exclude each other')
  return {
    connection: {
      DB_URL: url,
      DB_HOST: host,
      DB_PORT: port,
      DB_TARGET: target,
      DB_USER: user,
      DB_NAME: database,
      DB_SOCKET: socket,
      DB_PASSWORD_FILE: passwordFile === '-' ? undefined : passwordFile,
      DB_SSL_MODE: sslMode,
      DB_SSL_CA: sslCa,
      DB_SSL_CERT: sslCert,
      DB_SSL_KEY: sslKey,
      DB_TLS_VERSION: tlsVersion,
    },
    profile: flags.profile,
    optionFile: flags.defaultsFile,
    envFile: flags.envFile,
    confirmed: flags.confirm,
    askPassword: flags.askPassword === true,
    passwordFromStdin: passwordFile === '-',
  }
}
