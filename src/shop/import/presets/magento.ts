import type { Preset } from './preset.ts'

export const magento: Preset = {
  name: 'magento',
  system: 'Magento 2 and Adobe Commerce',
  files: {
    orders: {
      from: 'GET /rest/V1/orders: the answer as it is, or its orders, one object per line',
      signature: ['increment_id', 'items[].qty_ordered'],
      columns: {
        order_ref: ['increment_id'],
        user: ['customer_email', 'billing_address.email'],
        sku: ['items[].sku'],
        quantity: ['items[].qty_ordered'],
        units_cancelled: ['items[].qty_canceled'],
        units_refunded: ['items[].qty_refunded'],
        price: ['items[].price'],
        product_name: ['items[].name'],
        parent: ['items[].parent_item_id'],
        ordered_at: ['created_at'],
        status: ['status'],
        currency: ['order_currency_code'],
        shipping: ['shipping_amount'],
        discount: ['discount_amount'],
        reported_tax: ['tax_amount'],
        reported_total: ['grand_total'],
        total_refunded: ['total_refunded'],
        total_cancelled: ['total_canceled'],
        shipping_refunded: ['shipping_refunded'],
        shipping_cancelled: ['shipping_canceled'],
        discount_refunded: ['discount_refunded'],
        discount_cancelled: ['discount_canceled'],
        tax_refunded: ['tax_refunded'],
        tax_cancelled: ['tax_canceled'],
      },
      add: { reported_refund: ['total_refunded', 'total_cancelled'] },
      subtract: {
        quantity: ['units_cancelled', 'units_refunded'],
        shipping: ['shipping_refunded', 'shipping_cancelled'],
        discount: ['discount_refunded', 'discount_cancelled'],
        reported_tax: ['tax_refunded', 'tax_cancelled'],
      },
      // The state of orders that are refunded.
      statusWords: new Map([['closed', 'cancelled']]),
      skip: [
        { when: { parent: ['*'] }, reason: 'part of a configurable product' },
        { when: { quantity: ['0'] }, reason: 'quantity 0' },
      ],
      note: 'The grid of orders exports no order lines; the API does.',
    },
    products: {
      from: 'System → Data Transfer → Export → Products',
      signature: ['sku', 'attribute_set_code', 'product_online'],
      columns: {
        view: ['store_view_code'],
        type: ['product_type'],
        sku: ['sku'],
        name: ['name'],
        price: ['price'],
        description: ['description'],
        stock: ['qty'],
        state: ['product_online'],
      },
      derive: {
        is_active: [
          { when: { state: ['1'] }, is: 'true' },
          { when: { state: ['*'] }, is: 'false' },
        ],
      },
      skip: [
        { when: { view: ['*'] }, reason: 'text of one store view' },
        { when: { type: ['configurable', 'grouped', 'bundle'] }, reason: 'product without a price of its own' },
        { when: { sku: [''] }, reason: 'further categories or images of a product' },
      ],
    },
    users: {
      from: 'System → Data Transfer → Export → Customers Main File',
      signature: ['email', '_website', 'created_in'],
      columns: {
        email: ['email'],
        first_name: ['firstname'],
        last_name: ['lastname'],
        created_at: ['created_at'],
      },
      skip: [{ when: { email: [''] }, reason: 'row without an email' }],
    },
  },
}
