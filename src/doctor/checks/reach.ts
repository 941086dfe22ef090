import { addressOf, type Target } from '../../db/target.ts'
import type { Encryption, Failure, Login, Route } from '../facts.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { fixOf, grantsFor } from '../fix.ts'

const group = 'Reaching it'

export const reachChecks: readonly Check[] = [
  check({
    name: 'name',
    group,
    looksAt: "the addresses of the server's name, and how long it took to look them up",
    needs: ['destination', 'route'],
    judge({ destination: { target }, route: { kind, addresses, ms, failure } }) {
      if (kind === 'socket') return ok('a unix socket needs no name')
      if (kind === 'address') return ok(`${target.host} is an address; there is no name to look up`)
      if (failure !== undefined)
        return fault(
          `nobody knows an address of '${target.host}' (${failure})`,
          'correct DB_HOST or --host, or the name service',
        )
      return ok(`${target.host} is ${addresses.join(', ')} (${ms.toFixed(0)} ms)`)
    },
  }),
  check({
    name: 'connect',
    group,
    looksAt: 'is somebody listening at the port, or at the socket, and may this user knock there',
    needs: ['destination', 'door'],
    judge({ destination: { target }, door: { ms, failure } }) {
      return failure === undefined
        ? ok(`${addressOf(target)} answers (${ms.toFixed(1)} ms)`)
        : closedDoor(target, failure)
    },
  }),
  check({
    name: 'log-in',
    group,
    looksAt: 'does the server let the user in; a wrong password is told from an unknown user where anybody can tell',
    needs: ['destination', 'login'],
    judge: ({ destination: { target }, login }) =>
      login.failure === undefined ? ok(`${target.user} is let in`) : loginFailed(target, login.failure, login),
  }),
  check({
    name: 'database',
    group,
    looksAt: 'is the database there, and may the user enter it',
    needs: ['session', 'database'],
    judge({ session: { user }, database: { name, failure } }) {
      if (failure === undefined) return ok(`the database '${name}' is there`)
      if (failure.code === 'UNKNOWN_DATABASE') return fault(failure.message, fixOf(failure.hint))
      return fault(`${user} may not enter the database '${name}', or there is none of that name`, grantsFor(user))
    },
  }),
  check({
    name: 'encryption',
    group,
    looksAt: 'what --ssl-mode asks for, and what came about; over a network nothing should go unencrypted',
    needs: ['destination', 'route', 'encryption'],
    judge: ({ destination: { target }, route, encryption }) => encrypted(target, isLoopback(route), encryption),
  }),
  check({
    name: 'round-trip',
    group,
    looksAt: 'how long an empty statement takes there and back: the median of five',
    needs: ['session'],
    judge: ({ session: { round_trip_ms: ms } }) => ok(`${ms.toFixed(1)} ms there and back, the median of 5`),
  }),
]

const ways: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not write to it',
  ENOTSOCK: 'it is no socket',
  ECONNREFUSED: 'nobody listens there',
  TIMEOUT: 'nobody answered before the connect time-out',
}

function closedDoor(target: Target, code: string): Judgement {
  const found = `cannot reach ${addressOf(target)}: ${ways[code] ?? code}`
  if (code === 'EACCES') return fault(found, 'run dbtool as a user who may, or connect with --host')
  const other = target.socket === undefined ? 'DB_HOST and DB_PORT' : 'DB_SOCKET'
  return fault(found, `start the server, or correct ${other}; a private one: dbtool server start`)
}

/** Of a user who does not exist the server says one or the other too, as if there were an account. */
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
      `'${user}' may come from ${accounts.join(', ')} only, not from here`,
      'connect from there, or correct DB_USER',
    )
  }
  const wrong =
    password === '' ? `no password was given, and '${user}' needs one` : `the password of '${user}' is wrong`
  const [found, fix] =
    errno === wrongPassword
      ? [wrong, 'give it with DB_PASSWORD, --password-file or --ask-password']
      : [
          `'${user}' logs in over the socket, as the operating-system user of that name, and with no password`,
          'run dbtool as that user with --socket',
        ]
  if (accounts !== undefined) return fault(found, fix)
  return fault(
    `${found}, or there is no user '${user}' who may come from here: the server does not tell which`,
    `${fix}, or correct DB_USER`,
  )
}

/** Only asked of the private server, which takes nobody's word for a name. */
function mayComeFrom(hosts: readonly string[], overSocket: boolean): boolean {
  return hosts.some((host) => host === '%' || host === (overSocket ? 'localhost' : '127.0.0.1'))
}

/** Whether nothing that is sent there leaves this machine. */
function isLoopback({ kind, addresses }: Route): boolean {
  return (
    kind === 'socket' ||
    (addresses.length > 0 && addresses.every((address) => /^(127\.|::1$|::ffff:127\.)/.test(address)))
  )
}

function encrypted({ socket, ssl: { mode } }: Target, loopback: boolean, { cipher, failure }: Encryption): Judgement {
  if (failure !== undefined) return fault(failure.message, fixOf(failure.hint))
  if (cipher !== null) {
    const checked = mode.startsWith('verify')
      ? `with a certificate that was checked (${mode})`
      : `but nobody checked whose certificate it is (${mode})`
    return ok(`encrypted with ${cipher}, ${checked}`)
  }
  if (socket !== undefined) return ok('not encrypted, and a unix socket needs none: nothing leaves this machine')
  if (loopback) return ok(`not encrypted (${mode}), and nothing leaves this machine`)
  const why = mode === 'disabled' ? '--ssl-mode is disabled' : 'the server has no TLS'
  return warning(
    `not encrypted, over a network: ${why}, and whoever is on the way reads the orders`,
    mode === 'disabled'
      ? 'DB_SSL_MODE=required'
      : "ssl_cert and ssl_key in the server's configuration, then DB_SSL_MODE=required",
  )
}
