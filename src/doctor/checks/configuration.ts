import { addressOf } from '../../db/target.ts'
import type { Configuration } from '../facts.ts'
import { check, fault, ok, skipped, warning, type Check } from '../finding.ts'
import { fixOf, shellWord } from '../fix.ts'

const group = 'Configuration'
const origins: Readonly<Partial<Record<string, string>>> = {
  flag: 'from a flag',
  environment: 'from the environment',
  'private server': 'the running private server',
  default: 'by default: nothing says where the server is',
}

export const configurationChecks: readonly Check[] = [
  check({
    name: 'settings',
    group,
    looksAt:
      'every value of flags, profile, option file, environment and env file: where it comes from, whether it keeps its rule, and whether its name means anything',
    needs: ['configuration'],
    judge({ configuration: { settings, faults } }) {
      return faults.length === 0
        ? ok(`all ${settings.length} settings are valid: ${byOrigin(settings)}`)
        : faults.map(({ sentence, fix }) => fault(sentence, fixOf(fix)))
    },
  }),
  check({
    name: 'env-file',
    group,
    looksAt: 'an env file with a password: only its owner may read it',
    needs: ['configuration'],
    judge({
      configuration: {
        envFile: { name, state, holdsPassword, exposed },
      },
    }) {
      if (exposed !== undefined) return fault(exposed.sentence, fixOf(exposed.fix))
      if (state === 'absent') return ok(`there is no ${name} here`)
      if (state === 'unreadable') return skipped(`${name} cannot be read`)
      return ok(holdsPassword ? `${name} holds a password, and not everybody can read it` : `${name} holds no password`)
    },
  }),
  check({
    name: 'profile',
    group,
    looksAt:
      'which profile is used, if any, where it was asked for, and whether its database is protected or read only',
    needs: ['configuration'],
    judge({ configuration: { profile } }) {
      if (profile === undefined) return ok('no profile is used')
      const marks = profile.marks.length === 0 ? 'neither protected nor read only' : profile.marks.join(' and ')
      return ok(`${profile.name}, ${asked[profile.origin] ?? `by the ${profile.origin}`}: ${marks}`)
    },
  }),
  check({
    name: 'password',
    group,
    looksAt:
      'a password in --url, which everybody on the machine sees in the list of processes; a password file that others can read',
    needs: ['configuration'],
    judge({ configuration: { passwordInUrl, passwordFile } }) {
      if (passwordInUrl === 'flag')
        return warning(
          'everybody on this machine can read the password in --url',
          '--ask-password, --password-file or DB_PASSWORD instead',
        )
      if (passwordFile?.readableByOthers === true) {
        return warning(
          `every user of this machine can read the password file ${passwordFile.path}; in a container that is by design`,
          `chmod 600 ${shellWord(passwordFile.path)}`,
        )
      }
      return ok('no password is where others would see it')
    },
  }),
  check({
    name: 'stray-names',
    group,
    looksAt: 'DB_… variables of the environment that are nearly a setting; in the env file they are a fault',
    needs: ['configuration'],
    judge({ configuration: { strays } }) {
      return strays.length === 0
        ? ok('no variable of the environment looks like a misspelt setting')
        : strays.map((sentence) => warning(sentence, 'correct the name, or remove it'))
    },
  }),
  check({
    name: 'address',
    group,
    looksAt:
      'where it was decided which server to use: a flag, a profile, an option file, the environment, the env file, the running private server, or nothing',
    needs: ['destination'],
    judge({ destination: { target, origin } }) {
      return ok(`${addressOf(target)}, ${origins[origin] ?? `from ${origin}`}`)
    },
  }),
]

/** `DB_HOST from the environment; the others by default`. */
function byOrigin(settings: Configuration['settings']): string {
  const given = settings.filter(({ origin }) => origin !== 'default')
  const sentences = [...new Set(given.map(({ origin }) => origin))].map((origin) => {
    const names = given.filter((one) => one.origin === origin).map(({ name }) => name)
    return `${names.join(', ')} from ${places[origin] ?? origin}`
  })
  return [...sentences, `${sentences.length === 0 ? 'all' : 'the others'} by default`].join('; ')
}

/** Otherwise by the env file, or the default of a file of profiles. */
const asked: Readonly<Partial<Record<string, string>>> = { flag: 'by --profile', environment: 'by DBTOOL_PROFILE' }
const places: Readonly<Partial<Record<string, string>>> = {
  flag: 'flags',
  environment: 'the environment',
  'private server': 'the private server',
}
