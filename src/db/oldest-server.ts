/** The oldest MariaDB that dbtool supports: an order needs its JSON_TABLE. */
export const oldestServer = '10.6'
/** The same as in an executable comment. */
export const oldestNumber = 100600
