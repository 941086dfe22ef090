/** The columns that are written in each table, with their types; other columns get their defaults. */
const tables = {
  users: {
    id: 'INT',
    username: 'VARCHAR(50)',
    email: 'VARCHAR(255)',
    password_hash: 'VARCHAR(255)',
    first_name: 'VARCHAR(100)',
    last_name: 'VARCHAR(100)',
    is_active: 'INT',
    created_at: 'DATETIME',
    updated_at: 'DATETIME',
  },
  addresses: {
    id: 'INT',
    user_id: 'INT',
    address_type: 'VARCHAR(20)',
    street: 'VARCHAR(255)',
    city: 'VARCHAR(100)',
    postal_code: 'VARCHAR(20)',
    country: 'VARCHAR(2)',
    created_at: 'DATETIME',
  },
  products: {
    id: 'INT',
    sku: 'VARCHAR(64)',
    name: 'VARCHAR(255)',
    price: 'DECIMAL(10, 2)',
    stock: 'INT',
    stock_received: 'BIGINT',
    units_sold: 'BIGINT',
    times_ordered: 'BIGINT',
    revenue: 'DECIMAL(20, 2)',
    is_active: 'INT',
    created_at: 'DATETIME',
    updated_at: 'DATETIME',
    // The products of a seeded shop are not new.
    refused_at: 'DATETIME',
  },
  orders: {
    id: 'INT',
    user_id: 'INT',
    total_amount: 'DECIMAL(10, 2)',
    status: 'VARCHAR(20)',
    idempotency_key: 'VARCHAR(255)',
    content_digest: 'VARCHAR(64)',
    created_at: 'DATETIME',
    updated_at: 'DATETIME',
  },
  order_items: { id: 'INT', order_id: 'INT', product_id: 'INT', quantity: 'INT', price: 'DECIMAL(10, 2)' },
} as const

export type SeedTable = keyof typeof tables

/**
 * The statement that inserts any number of rows, bound as one JSON array of arrays, with cells in the order of the
 * columns.
 */
export function insertion(table: SeedTable): string {
  const columns = Object.entries(tables[table])
  const names = columns.map(([name]) => name).join(', ')
  const paths = columns.map(
    ([name, type], index) =>
      `${name} ${type}${type.startsWith('VARCHAR') ? ' CHARACTER SET utf8mb4' : ''} PATH '$[${index}]'`,
  )
  return `INSERT INTO ${table} (${names})
    SELECT ${names} FROM JSON_TABLE(?, '$[*]' COLUMNS (${paths.join(', ')})) AS seeded`
}
