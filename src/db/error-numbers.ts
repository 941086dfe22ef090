/** Numbers of errors that more than one file distinguishes. */
export const lockTimeout = 1205
export const noSuchTable = 1146
export const noSuchColumn = 1054
export const outOfRange = 1264
export const syntaxError = 1064

/** The server, or the account, has no further connection: the server has answered. */
export const serverFull: readonly (number | undefined)[] = [1040, 1203, 1226]

/** The number that the connector gives to its own connect time-out. */
export const connectTimeout = 45012

/** The connector's own numbers start here. */
export const firstConnectorErrno = 45_000
