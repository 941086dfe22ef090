import { addressOf } from '../../db/target.ts'
import { inWords } from '../../in-words.ts'
import { quotedPath } from '../../values.ts'
import type { Configuration } from '../facts.ts'
import { check, fault, ok, skipped, warning, type Check } from '../finding.ts'
import { fixOf } from '../fix.ts'

const group = 'Configuration'
const origins: Readonly<Partial<Record<string, string>>> = {
  flag: 'from a flag',
  environment: 'from the environment',
  'private server': 'the running private server',
  default: 'the default, because no address is configured',
}

export const configurationChecks: readonly Check[] = [
  check({
    name: 'settings',
    group,
    looksAt:
      'every value from flags, profile, option file, environment and env file: ' +
      'its source, its validity, and unknown names',
    needs: ['configuration'],
    judge({ configuration: { settings, faults } }) {
      return faults.length === 0
        ? ok(`all ${settings.length} settings are valid: ${byOrigin(settings)}`)
        : faults.map(({ sentence, fix }) => fault(sentence, fixOf(fix)))
    },
  }),
  check({
    name: 'found-files',
    group,
    looksAt: 'the owners of the env file, of profile files and of the private server, and who can write to them',
    needs: ['configuration'],
    judge({ configuration: { ignored } }) {
      return ignored.length === 0
        ? ok('every file that was found can be trusted')
        : ignored.map(({ sentence, fix }) => warning(sentence, fixOf(fix)))
    },
  }),
  check({
    name: 'env-file',
    group,
    looksAt: 'permissions of an env file with a password: only its owner may read it',
    needs: ['configuration'],
    judge({
      configuration: {
        envFile: { name, state, holdsPassword, exposed },
      },
    }) {
      if (exposed !== undefined) return fault(exposed.sentence, fixOf(exposed.fix))
      if (state === 'absent') return ok(`there is no ${name} here`)
      if (state === 'unreadable') return skipped(`${name} cannot be read`)
      if (state === 'ignored') return skipped(`${name} is ignored`)
      return ok(
        holdsPassword ? `${name} contains a password, and not every user can read it` : `${name} contains no password`,
      )
    },
  }),
  check({
    name: 'profile',
    group,
    looksAt: 'the profile in use, its source, and whether its database is protected or read-only',
    needs: ['configuration'],
    judge({ configuration: { profile } }) {
      if (profile === undefined) return ok('no profile in use')
      const marks = profile.marks.length === 0 ? 'neither protected nor read-only' : inWords(profile.marks)
      return ok(`${profile.name}, selected by ${selectors[profile.origin] ?? `the ${profile.origin}`}: ${marks}`)
    },
  }),
  check({
    name: 'password',
    group,
    looksAt:
      'a password in --url, visible to everybody on the machine in the process list; ' +
      'a password file that others can read',
    needs: ['configuration'],
    judge({ configuration: { passwordInUrl, passwordFile } }) {
      if (passwordInUrl === 'flag')
        return warning(
          'every user of this machine can see the password in --url',
          'use --ask-password, --password-file or DB_PASSWORD instead',
        )
      if (passwordFile?.readableByOthers === true) {
        return warning(
          `every user of this machine can read the password file ${passwordFile.path}; ` +
            'in a container that is by design',
          `chmod 600 ${quotedPath(passwordFile.path)}`,
        )
      }
      return ok('no password is visible to other users')
    },
  }),
  check({
    name: 'stray-names',
    group,
    looksAt: 'environment variables DB_… that resemble a setting; in the env file they are a fault',
    needs: ['configuration'],
    judge({ configuration: { strays } }) {
      return strays.length === 0
        ? ok('no environment variable looks like a misspelled setting')
        : strays.map((sentence) => warning(sentence, 'correct the name, or remove it'))
    },
  }),
  check({
    name: 'address',
    group,
    looksAt:
      'the source of the address: flag, profile, option file, environment, env file, ' +
      'the private server or the default; each of several hosts accepts a login',
    needs: ['destination'],
    judge({ destination: { target, origin, hosts = [] } }) {
      const several = hosts.length > 1 ? `, examined of ${hosts.length} hosts` : ''
      const problems = hosts.flatMap(({ problem }) => problem ?? [])
      return [
        ok(`${addressOf(target)}${several}, ${origins[origin] ?? `from ${origin}`}`),
        ...problems.map((problem) => warning(problem, 'start that server, or remove it from DB_HOST')),
      ]
    },
  }),
]

/** The settings by their sources, such as `DB_HOST from the environment; the others by default`. */
function byOrigin(settings: Configuration['settings']): string {
  const given = settings.filter(({ origin }) => origin !== 'default')
  const parts = [...new Set(given.map(({ origin }) => origin))].map((source) => {
    const names = given.filter(({ origin }) => origin === source).map(({ name }) => name)
    return `${names.join(', ')} from ${places[source] ?? source}`
  })
  return [...parts, `${parts.length === 0 ? 'all' : 'the others'} by default`].join('; ')
}

/** Other profiles are selected by the env file, or by the default of a file with profiles. */
const selectors: Readonly<Partial<Record<string, string>>> = { flag: '--profile', environment: 'DBTOOL_PROFILE' }
const places: Readonly<Partial<Record<string, string>>> = {
  flag: 'flags',
  environment: 'the environment',
  'private server': 'the private server',
}
