import type { Preset } from './preset.ts'

/** Only the first line of an order has the customer, the times and the states of the order. */
const ofOrder = ['user', 'ordered_at', 'currency', 'cancelled_at', 'financial', 'fulfillment']

export const squarespace: Preset = {
  name: 'squarespace',
  system: 'Squarespace',
  files: {
    orders: {
      from: 'Selling → Orders → Export',
      signature: ['Order ID', 'Lineitem name', 'Lineitem quantity', 'Financial Status'],
      columns: {
        order_ref: ['Order ID'],
        user: ['Email'],
        sku: ['Lineitem sku'],
        quantity: ['Lineitem quantity'],
        price: ['Lineitem price'],
        title: ['Lineitem name'],
        variant: ['Lineitem variant'],
        ordered_at: ['Created at'],
        currency: ['Currency'],
        shipping: ['Shipping'],
        discount: ['Discount Amount'],
        reported_tax: ['Taxes'],
        reported_total: ['Total'],
        reported_refund: ['Amount Refunded'],
        cancelled_at: ['Cancelled at'],
        financial: ['Financial Status'],
        fulfillment: ['Fulfillment Status'],
      },
      dateFormat: 'YYYY-MM-DD HH:mm:ss Z',
      carryDown: ofOrder,
      carryBy: 'order_ref',
      join: { product_name: { of: ['title', 'variant'], with: [' - '] } },
      skuFrom: 'product_name',
      derive: {
        status: [
          { when: { cancelled_at: ['*'] }, is: 'cancelled' },
          { when: { fulfillment: ['canceled', 'cancelled'] }, is: 'cancelled' },
          { when: { financial: ['refunded', 'voided'] }, is: 'cancelled' },
          { when: { fulfillment: ['fulfilled'] }, is: 'shipped' },
          { when: { financial: ['pending', 'unpaid'] }, is: 'pending' },
          { when: { financial: ['*'] }, is: 'confirmed' },
        ],
      },
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
    },
    products: {
      from: 'Selling → Products → Export',
      signature: ['Product ID [Non Editable]', 'Variant ID [Non Editable]', 'Title'],
      columns: {
        product: ['Product ID [Non Editable]'],
        title: ['Title'],
        option1: ['Option Value 1'],
        option2: ['Option Value 2'],
        option3: ['Option Value 3'],
        sku: ['SKU'],
        price: ['Price'],
        description: ['Description'],
        stock: ['Stock'],
        is_active: ['Visible'],
      },
      carryDown: ['title', 'description', 'is_active'],
      carryBy: 'product',
      join: { name: { of: ['title', 'option1', 'option2', 'option3'], with: [' - ', ' / '] } },
      derive: { stock: [{ when: { stock: ['unlimited'] }, is: '0', note: 'its stock is not counted, imported as 0' }] },
      skuFrom: 'name',
      note: 'Sale prices are not imported.',
    },
  },
}
