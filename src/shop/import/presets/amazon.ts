import type { Preset } from './preset.ts'

export const amazon: Preset = {
  name: 'amazon',
  system: 'Amazon',
  files: {
    orders: {
      from: 'Seller Central → Reports → Orders: all orders, tab-delimited',
      signature: ['amazon-order-id', 'purchase-date', 'item-price'],
      columns: {
        order_ref: ['amazon-order-id'],
        user: ['buyer-email', 'buyer-name'],
        sku: ['sku'],
        quantity: ['quantity', 'quantity-purchased'],
        price: ['item-price'],
        product_name: ['product-name'],
        ordered_at: ['purchase-date'],
        status: ['order-status'],
        currency: ['currency'],
        line_shipping: ['shipping-price'],
        line_discount: ['item-promotion-discount'],
        reported_line_tax: ['item-tax'],
      },
      inputFormat: 'csv',
      delimiter: '\\t',
      quote: 'none',
      lineTotal: true,
      derive: { status: [{ when: { status: ['shipped - delivered to buyer'] }, is: 'delivered' }] },
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
      note: 'item-price is the total of the line. Reports without buyers need --guest or --default user=NAME.',
    },
    products: {
      from: 'Seller Central → Inventory → Inventory reports: all listings, tab-delimited',
      signature: ['seller-sku', 'item-name', 'listing-id'],
      columns: {
        sku: ['seller-sku'],
        name: ['item-name'],
        price: ['price'],
        description: ['item-description'],
        stock: ['quantity'],
        state: ['status'],
      },
      inputFormat: 'csv',
      delimiter: '\\t',
      quote: 'none',
      derive: {
        is_active: [
          { when: { state: ['active'] }, is: 'true' },
          { when: { state: ['*'] }, is: 'false' },
        ],
      },
    },
  },
}
