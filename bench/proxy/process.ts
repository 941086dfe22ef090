import { delayingProxy, type Line } from './delaying-proxy.ts'

/** The main module of the proxy process: it sends its port, and the number of commands for each message. */
const { port, commands } = await delayingProxy(JSON.parse(process.argv[2] ?? '') as Line)
process.on('message', () => process.send?.(commands()))
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole process group, but the parent must disconnect first.
process.on('SIGINT', () => undefined)
process.send?.(port)
