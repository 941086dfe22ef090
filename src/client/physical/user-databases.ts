/** The condition of a row of information_schema.SCHEMATA that is a database of users, and not one of the server. */
export const isUserDatabase = `SCHEMA_NAME NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`
