/**
 * Ignores Ctrl-C while another program has the terminal, and returns a function that restores the handlers. That
 * program handles Ctrl-C in its own way; if dbtool exited under it, the terminal would be left in a broken state.
 */
export function ignoreCtrlC(): () => void {
  const listeners = process.listeners('SIGINT')
  const ignore = (): void => undefined
  process.removeAllListeners('SIGINT').on('SIGINT', ignore)
  return () => {
    process.off('SIGINT', ignore)
    for (const listener of listeners) process.on('SIGINT', listener)
  }
}
