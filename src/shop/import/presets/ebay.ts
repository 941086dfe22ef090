import type { Preset } from './preset.ts'

export const ebay: Preset = {
  name: 'ebay',
  system: 'eBay',
  files: {
    orders: {
      from: 'Seller Hub → Orders → Download report',
      signature: ['Sales Record Number', 'Buyer Username', 'Sold For'],
      columns: {
        order_ref: ['Order Number'],
        user: ['Buyer Username'],
        sku: ['Custom Label', 'Custom Label (SKU)'],
        quantity: ['Quantity'],
        price: ['Sold For'],
        title: ['Item Title'],
        variant: ['Variation Details'],
        ordered_at: ['Sale Date'],
        line_shipping: ['Shipping And Handling', 'Postage And Packaging'],
        reported_line_tax: ['Seller Collected Tax'],
        reported_total: ['Total Price'],
      },
      dateFormat: 'MMM-DD-YY',
      currencySign: true,
      carryDown: ['user', 'ordered_at'],
      carryBy: 'order_ref',
      join: { product_name: { of: ['title', 'variant'], with: [' '] } },
      skuFrom: 'product_name',
      remarks: ['record(s) downloaded', 'Seller ID'],
      skip: [
        { when: { order_ref: [''] }, reason: 'row without an order, such as the count at the end' },
        { when: { title: [''] }, reason: 'row of totals above the items of an order' },
      ],
    },
    products: {
      from: 'Seller Hub → Reports → Downloads: all active listings',
      signature: ['Item number', 'Available quantity', 'Start price'],
      columns: {
        sku: ['Custom label (SKU)'],
        title: ['Title'],
        variant: ['Variation details'],
        price: ['Start price', 'Current price'],
        stock: ['Available quantity'],
      },
      currencySign: true,
      join: { name: { of: ['title', 'variant'], with: [' '] } },
      skuFrom: 'name',
    },
  },
}
