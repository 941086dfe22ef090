import type { Preset } from './preset.ts'

export const woocommerceApi: Preset = {
  name: 'woocommerce-api',
  system: 'WooCommerce (REST API)',
  files: {
    orders: {
      from: 'GET /wp-json/wc/v3/orders, as a JSON list or one object per line',
      signature: ['line_items[].quantity', 'billing.email'],
      columns: {
        order_ref: ['number', 'id'],
        user: ['billing.email'],
        sku: ['line_items[].sku'],
        quantity: ['line_items[].quantity'],
        price: ['line_items[].price'],
        product_name: ['line_items[].name'],
        ordered_at: ['date_created_gmt', 'date_created'],
        status: ['status'],
        currency: ['currency'],
        shipping: ['shipping_total'],
        reported_tax: ['total_tax'],
        reported_total: ['total'],
        reported_refund: ['refunds[+].total'],
      },
      skuFrom: 'product_name',
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
      note:
        'Prices without tax often have many decimals; --round half-up rounds them to cents. ' +
        'A price is the one after coupons, so that discount_total is a part of it.',
    },
    products: {
      from: 'GET /wp-json/wc/v3/products, as a JSON list or one object per line',
      signature: ['regular_price', 'stock_quantity', 'permalink'],
      columns: {
        type: ['type'],
        sku: ['sku'],
        name: ['name'],
        price: ['price', 'regular_price'],
        description: ['description'],
        stock: ['stock_quantity'],
        in_stock: ['stock_status'],
        state: ['status'],
        created_at: ['date_created_gmt', 'date_created'],
      },
      derive: {
        stock: [{ when: { stock: ['-'] }, is: '0', note: 'negative stock, imported as 0' }],
        is_active: [
          { when: { state: ['publish'] }, is: 'true' },
          { when: { state: ['*'] }, is: 'false' },
        ],
      },
      notice: [
        { when: { stock: [''], in_stock: ['instock'] }, reason: 'its stock is not counted, and 0 if it is new' },
      ],
      skip: [
        { when: { type: ['variable', 'grouped', 'external'] }, reason: 'product without a price of its own' },
        { when: { price: [''] }, reason: 'product without a price' },
      ],
      skuFrom: 'name',
    },
    users: {
      from: 'GET /wp-json/wc/v3/customers, as a JSON list or one object per line',
      signature: ['is_paying_customer', 'avatar_url'],
      columns: {
        username: ['username'],
        email: ['email'],
        first_name: ['first_name'],
        last_name: ['last_name'],
        created_at: ['date_created_gmt', 'date_created'],
      },
    },
  },
}
