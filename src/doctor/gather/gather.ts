import { version } from '../../version.ts'
import { known, unknown, type DoctorInput, type FactName, type Gathered } from '../facts.ts'
import { configurationFacts, originOf } from './configuration.ts'
import { chooseHost } from './hosts.ts'
import { findRoute, probeTcp } from './network.ts'
import { inspectServer } from './inspect-server.ts'

const names: readonly FactName[] = [
  'configuration',
  'destination',
  'route',
  'tcpProbe',
  'encryption',
  'login',
  'database',
  'product',
  'session',
  'variables',
  'cluster',
  'reached',
  'clock',
  'databaseDefaults',
  'usage',
  'grants',
  'migrations',
  'tables',
  'invariants',
  'tool',
]

const allUnknown = (reason: string): Gathered =>
  Object.fromEntries(names.map((name) => [name, unknown(reason)])) as unknown as Gathered

/**
 * Gathers all facts; a fact that cannot be determined has a reason instead. Problems of the server or the
 * configuration never reject. Changes nothing.
 */
export async function gather(input: DoctorInput): Promise<Gathered> {
  const { inspection, env, now, signal } = input
  const local = {
    configuration: known(configurationFacts(inspection, env)),
    tool: known({ node: process.versions.node, dbtool: version(), now: now() }),
  }
  const { config } = inspection
  if (config === undefined) return { ...allUnknown('the configuration is invalid'), ...local }
  const { pool, limits } = config
  const { target, hosts } = await chooseHost(input.connect, config.target)
  const deadline = { timeoutMs: limits.connectTimeoutMs, signal }
  const route = await findRoute(target, deadline)
  const located = {
    ...local,
    destination: known({ target, pool, hosts, origin: originOf(inspection) }),
    route: known(route),
  }
  if (route.failure !== undefined) return { ...allUnknown('no address found for the server'), ...located }
  // A probe hangs up without a login, which the server counts as an aborted connection: only a failed login needs it.
  const inspected = await inspectServer(input, { ...config, target })
  if (inspected.tcpProbe !== undefined) return { ...allUnknown('login failed'), ...located, ...inspected }
  const tcpProbe = await probeTcp(target, { ...deadline, timeoutMs: probeTimeoutMs(limits.connectTimeoutMs) })
  const probed = { ...located, tcpProbe: known(tcpProbe) }
  if (tcpProbe.failure !== undefined) return { ...allUnknown('the server cannot be reached'), ...probed }
  return { ...allUnknown('login failed'), ...probed, ...inspected }
}

/** The login has already waited for the whole connect time-out. */
const longestProbeMs = 1_000
const probeTimeoutMs = (connectTimeoutMs: number): number =>
  connectTimeoutMs === 0 ? longestProbeMs : Math.min(longestProbeMs, connectTimeoutMs)
