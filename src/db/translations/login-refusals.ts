import { addressOf, type Target } from '../target.ts'
import { type DriverError, serverText, type Translation } from './translation.ts'

/** The refusals of a login, each with its own sentence. */

const refused = (why: (target: Target) => string, hint: (target: Target) => string): Translation => ({
  code: 'ACCESS_DENIED',
  message: (_error, target) => `the server at ${addressOf(target)} refused user '${target.user}': ${why(target)}`,
  hint,
})

/** Only the server knows which host the account has; without one, it would be that of '%'. */
const account = (user: string): string => `'${user}'@'…'`

const locked = refused(
  () => 'the account is locked',
  ({ user }) => `an administrator unlocks it with ALTER USER ${account(user)} ACCOUNT UNLOCK`,
)
const expired = refused(
  () => 'its password has expired',
  ({ user }) => `an administrator sets a new one with ALTER USER ${account(user)} IDENTIFIED BY '…'`,
)
const notLoaded: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) =>
    `the server at ${addressOf(target)} cannot log in user '${target.user}': ${serverText(error)}`,
  hint: () => 'an administrator installs that plugin, or gives the account another method',
}
/** The answer to the first statement; then the server closes the connection. */
const brokenInitConnect: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) =>
    `init_connect of the server at ${addressOf(target)} holds a statement that fails: ${serverText(error)}`,
  hint: () => 'an administrator corrects it with SET GLOBAL init_connect; the log of the server names the fault',
}

/** The server runs without accounts: everybody logs in, and nobody can grant anything. */
export const withoutAccounts: Translation = {
  code: 'ACCESS_DENIED',
  message: (_error, target) =>
    `the server at ${addressOf(target)} runs with --skip-grant-tables, which switches its accounts off`,
  hint: () => 'restart it without that option, or run FLUSH PRIVILEGES there',
}
export const optionPrevents = 1290
export const isWithoutAccounts = ({ errno, text }: DriverError): boolean =>
  errno === optionPrevents && text.includes('--skip-grant-tables')

const resources: Readonly<Record<string, (user: string) => string>> = {
  max_user_connections: (user) =>
    `use a smaller pool, or raise it: ALTER USER ${account(user)} WITH MAX_USER_CONNECTIONS n`,
  max_connections_per_hour: (user) =>
    `wait for up to an hour, or raise it: ALTER USER ${account(user)} WITH MAX_CONNECTIONS_PER_HOUR n`,
  max_queries_per_hour: (user) =>
    `wait for up to an hour, or raise it: ALTER USER ${account(user)} WITH MAX_QUERIES_PER_HOUR n`,
  max_updates_per_hour: (user) =>
    `wait for up to an hour, or raise it: ALTER USER ${account(user)} WITH MAX_UPDATES_PER_HOUR n`,
}
/** "User 'ada' has exceeded the 'max_queries_per_hour' resource (current value: 3)". */
const resourceIn = ({ text }: DriverError): string => /exceeded the '([^']*)' resource/.exec(text)?.[1] ?? ''
const accountLimit: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) =>
    `the account has reached a limit of its own at ${addressOf(target)}: ${serverText(error)}`,
  hint: ({ user }, error) => resources[resourceIn(error)]?.(user) ?? `look at SHOW CREATE USER ${account(user)}`,
}
const userLimit: Translation = {
  code: 'UNREACHABLE',
  message: (error, target) =>
    `the server at ${addressOf(target)} takes no more connections of user '${target.user}': ${serverText(error)}`,
  hint: () => 'use a smaller pool, or raise max_user_connections of the server or of the account',
}

/** The account has no password. For an unknown user, the server may give the same answer. */
const socketLogin =
  (setting: string) =>
  ({ user }: Target): string =>
    `'${user}' may log in over the socket only, as the operating-system user of that name; ` +
    `run it as that user, or correct ${setting}`

/** The methods that drivers know; any other is not supported. */
const knownMethods = ['mysql_clear_password', 'dialog', 'sha256_password', 'caching_sha2_password']
const methodIn = ({ text }: DriverError): string => /(?:plugin|protocol) '?([\w-]+)/.exec(text)?.[1] ?? 'another method'
const isKnown = (error: DriverError): boolean => knownMethods.includes(methodIn(error))

/** The server asks for a method that would give the password away, or for one that no driver here knows. */
export const methodRefused: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) =>
    `the server at ${addressOf(target)} asks user '${target.user}' to log in by ${methodIn(error)}, which ` +
    (isKnown(error) ? 'reveals the password to a server that is not verified' : 'dbtool does not support'),
  hint: ({ socket }, error) =>
    isKnown(error)
      ? socket === undefined
        ? 'use --ssl-mode verify-ca or verify-identity'
        : 'use a socket that belongs to you, to root or to the account mysql'
      : 'use an account with another method, such as ed25519 or mysql_native_password',
  hintInCode: ({ socket }, error) =>
    isKnown(error) && socket === undefined ? "set sslMode of the pool to 'verify-ca' or 'verify-identity'" : undefined,
}

/** The names of TLS settings in hints. */
interface TlsWords {
  readonly required: string
  readonly certificate: string
}
const onCommandLine: TlsWords = { required: '--ssl-mode required', certificate: '--ssl-cert and --ssl-key' }
const inCode: TlsWords = { required: "sslMode 'required'", certificate: 'sslCert and sslKey' }

/**
 * A further reason for a refusal besides the password. A server that demands TLS says no more than "Access denied"
 * (require_secure_transport, REQUIRE SSL, REQUIRE X509).
 */
function alsoDemanded({ socket, ssl: { mode, cert, pem }, offersTls }: Target, words = onCommandLine): string {
  if (offersTls === false)
    return '; the account may also require TLS, for which an administrator sets ssl_cert and ssl_key of the server'
  const isPlain = mode === 'disabled' || (mode === 'preferred' && socket !== undefined)
  if (isPlain) return `; the server may also demand ${words.required}`
  return (cert ?? pem?.cert) === undefined
    ? `; the account may also require a client certificate: ${words.certificate}`
    : ''
}

const denied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) => `the server at ${addressOf(target)} refused user '${target.user}': ${serverText(error)}`,
  hint: (target, error) =>
    'check --user, and the password from DB_PASSWORD, --password-file or --ask-password' +
    alsoDemanded(target) +
    unresolved(error, '--socket'),
  hintInCode: (target, error) =>
    `check user and password of the pool${alsoDemanded(target, inCode)}${unresolved(error, 'the option socket')}`,
}
/** Without names of hosts (skip_name_resolve), an account of localhost is for the socket alone. */
const unresolved = ({ text }: DriverError, socket: string): string =>
  /(?:@|^Host )'(?:127\.0\.0\.1|::1)'/.test(text) ? `; an account of 'localhost' may need ${socket}` : ''
/** The login succeeded. The server does not reveal whether a database exists to which this user has no access. */
const databaseDenied: Translation = {
  code: 'ACCESS_DENIED',
  message: (error, target) =>
    `user '${target.user}' has no access to that database at ${addressOf(target)}: ${serverText(error)}`,
  hint: () => 'check --database and --user; dbtool db grants shows the required privileges',
  hintInCode: () => 'check database and user of the pool; npx dbtool db grants shows the required privileges',
}
/** By the number of the server's error or the connector's (45xxx). */
export const loginRefusals: Readonly<Record<number, Translation>> = {
  1044: databaseDenied,
  1045: denied,
  1129: denied,
  1130: denied,
  1184: brokenInitConnect,
  1203: userLimit,
  1226: accountLimit,
  1524: notLoaded,
  1698: { ...denied, hint: socketLogin('--user'), hintInCode: socketLogin('the user of the pool') },
  1820: expired,
  1862: expired,
  4151: locked,
  45025: methodRefused,
  45044: denied,
  45047: methodRefused,
}
