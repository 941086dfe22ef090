import { addressOf, type Target } from '../../db/target.ts'
import type { Encryption, Failure, Login, Route } from '../facts.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { fixOf, grantsFor } from '../fix.ts'

const group = 'Reaching it'

export const reachChecks: readonly Check[] = [
  check({
    name: 'name',
    group,
    looksAt: "the addresses of the server's name, and the duration of the lookup",
    needs: ['destination', 'route'],
    judge({ destination: { target }, route: { kind, addresses, ms, failure } }) {
      if (kind === 'socket') return ok('a unix socket needs no lookup')
      if (kind === 'address') return ok(`${target.host} is an address and needs no lookup`)
      if (failure !== undefined)
        return fault(
          `no address found for '${target.host}' (${failure})`,
          'correct DB_HOST or --host, or fix the name resolution',
        )
      return ok(`${target.host} resolves to ${addresses.join(', ')} (${ms.toFixed(0)} ms)`)
    },
  }),
  check({
    name: 'connect',
    group,
    looksAt: 'a server listens at the port or the socket, and this operating-system user may connect to it',
    needs: ['destination', 'tcpProbe'],
    judge({ destination: { target }, tcpProbe: { ms, failure } }) {
      return failure === undefined
        ? ok(`${addressOf(target)} answers (${ms.toFixed(1)} ms)`)
        : unreachable(target, failure)
    },
  }),
  check({
    name: 'log-in',
    group,
    looksAt:
      'the server accepts the login; a wrong password is distinguished from an unknown user where that is possible',
    needs: ['destination', 'login'],
    judge: ({ destination: { target }, login }) =>
      login.failure === undefined ? ok(`logged in as ${target.user}`) : loginFailed(target, login.failure, login),
  }),
  check({
    name: 'database',
    group,
    looksAt: 'the database exists, and the user has access to it',
    needs: ['session', 'database'],
    judge({ session: { user }, database: { name, failure } }) {
      if (failure === undefined) return ok(`the database '${name}' exists`)
      if (failure.code === 'UNKNOWN_DATABASE') return fault(failure.message, fixOf(failure.hint))
      return fault(`${user} has no access to the database '${name}', or it does not exist`, grantsFor(user))
    },
  }),
  check({
    name: 'encryption',
    group,
    looksAt: 'the requested --ssl-mode and the actual encryption; over a network every connection should be encrypted',
    needs: ['destination', 'route', 'encryption'],
    judge: ({ destination: { target }, route, encryption }) => encrypted(target, isLoopback(route), encryption),
  }),
  check({
    name: 'round-trip',
    group,
    looksAt: 'the duration of an empty statement there and back: the median of five',
    needs: ['session'],
    judge: ({ session: { round_trip_ms: ms } }) => ok(`${ms.toFixed(1)} ms there and back, the median of 5`),
  }),
]

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user has no write permission',
  ENOTSOCK: 'it is not a socket',
  ECONNREFUSED: 'no server listens there',
  TIMEOUT: 'no answer before the connect time-out',
}

function unreachable(target: Target, code: string): Judgement {
  const found = `cannot reach ${addressOf(target)}: ${reasons[code] ?? code}`
  if (target.isInsteadOfPrivate === true)
    return fault(`the private server is not running; ${found}`, 'start it: dbtool server start')
  if (code === 'EACCES') return fault(found, 'run dbtool as a user with that permission, or connect with --host')
  const settings = target.socket === undefined ? 'DB_HOST and DB_PORT' : 'DB_SOCKET'
  return fault(found, `start the server, or correct ${settings}; for a private server: dbtool server start`)
}

/** For an unknown user the server answers with one of these errors too, as if the account existed. */
const wrongPassword = 1045
const socketLoginOnly = 1698

function loginFailed(
  { user, password, socket }: Target,
  { errno, message, hint }: Failure,
  { accounts }: Login,
): Judgement {
  if (errno !== wrongPassword && errno !== socketLoginOnly) return fault(message, fixOf(hint))
  if (accounts?.length === 0) return fault(`there is no user '${user}'`, 'correct DB_USER or --user')
  if (accounts !== undefined && !mayComeFrom(accounts, socket !== undefined)) {
    return fault(
      `'${user}' may connect only from ${accounts.join(', ')}, not from here`,
      'connect from there, or correct DB_USER',
    )
  }
  const wrong =
    password === '' ? `no password was given, and '${user}' needs one` : `the password of '${user}' is wrong`
  const [found, fix] =
    errno === wrongPassword
      ? [wrong, 'set it with DB_PASSWORD, --password-file or --ask-password']
      : [
          `'${user}' logs in over the socket, as the operating-system user of that name and without a password`,
          'run dbtool as that user with --socket',
        ]
  if (accounts !== undefined) return fault(found, fix)
  return fault(
    `${found}, or no user '${user}' may connect from here: the server gives the same answer for both`,
    `${fix}, or correct DB_USER`,
  )
}

/** Whether an account of the private server matches this connection. That server resolves no host names. */
function mayComeFrom(hosts: readonly string[], overSocket: boolean): boolean {
  return hosts.some((host) => host === '%' || host === (overSocket ? 'localhost' : '127.0.0.1'))
}

/** Whether the connection stays on this machine. */
function isLoopback({ kind, addresses }: Route): boolean {
  return (
    kind === 'socket' ||
    (addresses.length > 0 && addresses.every((address) => /^(127\.|::1$|::ffff:127\.)/.test(address)))
  )
}

function encrypted({ socket, ssl: { mode } }: Target, loopback: boolean, { cipher, failure }: Encryption): Judgement {
  if (failure !== undefined) return fault(failure.message, fixOf(failure.hint))
  if (cipher !== null) {
    const verified = mode.startsWith('verify') ? 'the certificate was verified' : 'the certificate was not verified'
    return ok(`encrypted with ${cipher}; ${verified} (${mode})`)
  }
  if (socket !== undefined) return ok('not encrypted, which a unix socket does not need: no data leaves this machine')
  if (loopback) return ok(`not encrypted (${mode}), but no data leaves this machine`)
  const why = mode === 'disabled' ? '--ssl-mode is disabled' : 'the server has no TLS'
  return warning(
    `not encrypted over a network: ${why}, and anyone between here and the server can read the orders`,
    mode === 'disabled'
      ? 'DB_SSL_MODE=required'
      : "ssl_cert and ssl_key in the server's configuration, then DB_SSL_MODE=required",
  )
}
