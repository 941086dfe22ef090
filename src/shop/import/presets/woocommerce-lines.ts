import type { Preset } from './preset.ts'

export const woocommerceLines: Preset = {
  name: 'woocommerce-lines',
  system: 'WooCommerce (CSV with totals of lines)',
  files: {
    orders: {
      from: 'the plugin Customer/Order CSV Export, in the format with one line per item',
      signature: ['order_number', 'item_quantity', 'item_subtotal', 'billing_email'],
      columns: {
        order_ref: ['order_number_formatted', 'order_number', 'order_id'],
        user: ['billing_email'],
        sku: ['item_sku'],
        quantity: ['item_quantity'],
        units_refunded: ['item_refunded_qty'],
        price: ['item_subtotal'],
        product_name: ['item_name'],
        ordered_at: ['date', 'order_date'],
        status: ['status'],
        currency: ['order_currency', 'currency'],
        shipping: ['shipping_total'],
        discount: ['discount_total'],
        reported_tax: ['tax_total'],
        reported_total: ['order_total'],
        reported_refund: ['refunded_total'],
      },
      lineTotal: true,
      subtract: { quantity: ['units_refunded'] },
      carryDown: ['user', 'ordered_at', 'status', 'currency'],
      carryBy: 'order_ref',
      skuFrom: 'product_name',
      skip: [{ when: { quantity: ['0', '-'] }, reason: 'quantity 0, or a refund' }],
      note: 'item_subtotal is the total of the line without its discount.',
    },
  },
}
