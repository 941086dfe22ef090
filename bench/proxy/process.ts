import { delayingProxy, type Line } from './delaying-proxy.ts'

/** What a process of its own does: it says where it listens, and how much it has counted whenever it is asked. */
const { port, commands } = await delayingProxy(JSON.parse(process.argv[2] ?? '') as Line)
process.on('message', () => process.send?.(commands()))
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole group; whoever uses the line hangs up first.
process.on('SIGINT', () => undefined)
process.send?.(port)
