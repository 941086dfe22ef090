import { parseEmail, parsePasswordHash, parsePersonName, parseUsername } from '../rules.ts'
import { noLogin } from '../users/users.ts'
import { nullable, required, storedMoment, storedTruth, withInitial, type Kind } from './tables.ts'

/** Without a hash a user exists and cannot log in. */
export const importedUsers: Kind = {
  table: 'users',
  one: 'user',
  rules: {
    username: required(parseUsername),
    email: required(parseEmail),
    first_name: nullable(parsePersonName),
    last_name: nullable(parsePersonName),
    is_active: withInitial(1, storedTruth),
    is_admin: withInitial(0, storedTruth),
    password_hash: withInitial(noLogin, parsePasswordHash),
    created_at: withInitial(null, storedMoment),
    last_login: nullable(storedMoment),
  },
  unique: ['username', 'email'],
  fold: (text) => text.toLowerCase(),
  insert: `INSERT INTO users (username, email, first_name, last_name, is_active, is_admin, password_hash, created_at, last_login)
    VALUES (?, ?, ?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP()), ?) RETURNING id`,
  assignments: {},
  instants: ['created_at', 'last_login'],
  secret: ['password_hash'],
  long: [],
  created: ({ username, email }) => `created ${String(username)} <${String(email)}>`,
}
