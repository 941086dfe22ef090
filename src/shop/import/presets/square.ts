import type { Preset } from './preset.ts'

export const square: Preset = {
  name: 'square',
  system: 'Square',
  files: {
    orders: {
      from: 'Reporting → Transactions → Export → Items detail CSV',
      signature: ['Transaction ID', 'Price Point Name', 'Gross Sales'],
      columns: {
        order_ref: ['Transaction ID'],
        user: ['Customer ID', 'Customer Name'],
        sku: ['SKU'],
        quantity: ['Qty'],
        price: ['Product Sales', 'Gross Sales'],
        product_sales: ['Product Sales'],
        item: ['Item'],
        variant: ['Price Point Name'],
        day: ['Date'],
        clock: ['Time'],
        event: ['Event Type'],
        line_discount: ['Discounts'],
        reported_line_tax: ['Tax'],
        reported_line_total: ['Gross Sales'],
      },
      join: {
        product_name: { of: ['item', 'variant'], with: [' - '], without: ['Regular'] },
        ordered_at: { of: ['day', 'clock'], with: [' '] },
      },
      dateFormat: 'MM/DD/YY',
      currencySign: true,
      lineTotal: true,
      only: { reported_line_total: { product_sales: ['*'] } },
      skuFrom: 'product_name',
      skip: [
        { when: { event: ['refund'] }, reason: 'refund' },
        { when: { quantity: ['0', '-'] }, reason: 'quantity 0, or a refund' },
      ],
      note: 'Times are those of the till: give its zone with --time-zone. Most sales have no customer.',
    },
    products: {
      from: 'Items → Item library → Actions → Export library, as CSV',
      signature: ['Token', 'Item Name', 'Variation Name'],
      columns: {
        item: ['Item Name'],
        variant: ['Variation Name'],
        sku: ['SKU'],
        price: ['Price'],
        description: ['Description'],
        stock: ['Current Quantity *'],
      },
      join: { name: { of: ['item', 'variant'], with: [' - '], without: ['Regular'] } },
      currencySign: true,
      skuFrom: 'name',
      skip: [{ when: { price: ['variable', ''] }, reason: 'product without a fixed price' }],
    },
    users: {
      from: 'Customers → Directory → Export',
      signature: ['Square Customer ID', 'Email Address'],
      columns: { email: ['Email Address'], first_name: ['First Name'], last_name: ['Last Name', 'Surname'] },
      skip: [{ when: { email: [''] }, reason: 'customer without an email' }],
    },
  },
}
