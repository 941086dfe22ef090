import { readFileSync } from 'node:fs'

/** A group of MariaDB's programs that a system may have in a package of its own. */
export type Component = 'server' | 'client' | 'dump' | 'backup'

interface Packages extends Readonly<Record<Component, string>> {
  readonly install: string
}

const systems: readonly (readonly [system: RegExp, packages: Packages])[] = [
  [
    /debian|ubuntu/,
    {
      install: 'apt-get install',
      server: 'mariadb-server-core mariadb-client-core',
      client: 'mariadb-client-core',
      dump: 'mariadb-client',
      backup: 'mariadb-backup',
    },
  ],
  [
    /fedora|rhel|centos/,
    {
      install: 'dnf install',
      server: 'mariadb-server',
      client: 'mariadb',
      dump: 'mariadb',
      backup: 'mariadb-backup',
    },
  ],
  [
    /arch/,
    {
      install: 'pacman -S',
      server: 'mariadb',
      client: 'mariadb-clients',
      dump: 'mariadb-clients',
      backup: 'mariadb',
    },
  ],
  [
    /suse/,
    {
      install: 'zypper install',
      server: 'mariadb',
      client: 'mariadb-client',
      dump: 'mariadb-client',
      backup: 'mariadb',
    },
  ],
  [
    /alpine/,
    {
      install: 'apk add',
      server: 'mariadb mariadb-client',
      client: 'mariadb-client',
      dump: 'mariadb-client',
      backup: 'mariadb-backup',
    },
  ],
  [
    /darwin/,
    {
      install: 'brew install',
      server: 'mariadb',
      client: 'mariadb',
      dump: 'mariadb',
      backup: 'mariadb',
    },
  ],
]

/** The command that installs a part of MariaDB here, or undefined on a system that dbtool does not know. */
export function installCommand(component: Component, system: string = systemName()): string | undefined {
  const packages = systems.find(([name]) => name.test(system))?.[1]
  if (packages === undefined) return undefined
  const command = `${packages.install} ${packages[component]}`
  return process.getuid?.() === 0 || packages.install.startsWith('brew') ? command : `sudo ${command}`
}

function systemName(): string {
  if (process.platform !== 'linux') return process.platform
  try {
    return (
      readFileSync('/etc/os-release', 'utf8')
        .match(/^ID(_LIKE)?=.*$/gm)
        ?.join(' ') ?? ''
    )
  } catch {
    return ''
  }
}
