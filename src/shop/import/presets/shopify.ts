import type { Preset } from './preset.ts'

/** Only the first line of an order has the customer, the times and the states of the order. */
const ofOrder = ['user', 'ordered_at', 'currency', 'cancelled_at', 'financial', 'fulfillment']

export const shopify: Preset = {
  name: 'shopify',
  system: 'Shopify',
  files: {
    orders: {
      from: 'Orders → Export → Plain CSV file',
      signature: ['Name', 'Lineitem name', 'Lineitem quantity', 'Financial Status'],
      columns: {
        order_ref: ['Name'],
        user: ['Email'],
        sku: ['Lineitem sku'],
        quantity: ['Lineitem quantity'],
        price: ['Lineitem price'],
        product_name: ['Lineitem name'],
        ordered_at: ['Created at'],
        currency: ['Currency'],
        shipping: ['Shipping'],
        discount: ['Discount Amount'],
        line_discount: ['Lineitem discount'],
        reported_tax: ['Taxes'],
        reported_total: ['Total'],
        reported_refund: ['Refunded Amount'],
        cancelled_at: ['Cancelled at', 'Canceled at'],
        financial: ['Financial Status'],
        fulfillment: ['Fulfillment Status'],
      },
      dateFormat: 'YYYY-MM-DD HH:mm:ss Z',
      carryDown: ofOrder,
      carryBy: 'order_ref',
      skuFrom: 'product_name',
      derive: {
        status: [
          { when: { cancelled_at: ['*'] }, is: 'cancelled' },
          { when: { financial: ['refunded', 'voided', 'expired'] }, is: 'cancelled' },
          { when: { fulfillment: ['fulfilled', 'partial'] }, is: 'shipped' },
          { when: { financial: ['pending', 'authorized'] }, is: 'pending' },
          { when: { financial: ['*'] }, is: 'confirmed' },
        ],
      },
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
    },
    products: {
      from: 'Products → Export → Plain CSV file',
      signature: ['Title', ['Handle', 'URL handle'], ['Variant Price', 'Price']],
      columns: {
        handle: ['Handle', 'URL handle'],
        title: ['Title'],
        option1: ['Option1 Value'],
        option2: ['Option2 Value'],
        option3: ['Option3 Value'],
        sku: ['Variant SKU', 'SKU'],
        price: ['Variant Price', 'Price'],
        description: ['Body (HTML)', 'Description'],
        stock: ['Variant Inventory Qty', 'Inventory quantity'],
        state: ['Status', 'Published', 'Published on online store'],
      },
      carryDown: ['title', 'state'],
      carryBy: 'handle',
      join: {
        name: { of: ['title', 'option1', 'option2', 'option3'], with: [' - ', ' / '], without: ['Default Title'] },
      },
      derive: {
        stock: [{ when: { stock: ['-'] }, is: '0', note: 'negative stock, imported as 0' }],
        is_active: [
          { when: { state: ['draft', 'archived', 'false'] }, is: 'false' },
          { when: { state: ['*'] }, is: 'true' },
        ],
      },
      skuFrom: 'name',
      skip: [{ when: { option1: [''], price: [''] }, reason: 'image row' }],
    },
    users: {
      from: 'Customers → Export → Plain CSV file',
      signature: ['Email', ['Accepts Email Marketing', 'Accepts Marketing'], 'Total Spent'],
      columns: { email: ['Email'], first_name: ['First Name'], last_name: ['Last Name'] },
      skip: [{ when: { email: [''] }, reason: 'customer without an email' }],
    },
  },
}
