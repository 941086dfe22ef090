/** Of an account's hosts, does one let this machine's own users in? Only asked of the private server, which knows no names. */
export function mayComeFrom(hosts: readonly string[], overSocket: boolean): boolean {
  return hosts.some((host) => host === '%' || (overSocket ? host === 'localhost' : host === '127.0.0.1'))
}
