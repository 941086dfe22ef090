import type { Preset } from './preset.ts'

export const etsy: Preset = {
  name: 'etsy',
  system: 'Etsy',
  files: {
    orders: {
      from: 'Settings → Options → Download data → Order items',
      signature: ['Sale Date', 'Item Name', 'Listing ID', 'Transaction ID'],
      columns: {
        order_ref: ['Order ID'],
        user: ['Buyer'],
        sku: ['SKU'],
        quantity: ['Quantity'],
        price: ['Price'],
        product_name: ['Item Name'],
        ordered_at: ['Sale Date'],
        currency: ['Currency'],
        shipping: ['Order Shipping'],
        line_discount: ['Discount Amount'],
        reported_tax: ['Order Sales Tax'],
      },
      dateFormat: 'MM/DD/YY',
      decimalComma: true,
      skuFrom: 'product_name',
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
      note: 'Amounts with a decimal point and with a decimal comma are both understood.',
    },
    products: {
      from: 'Settings → Options → Download data → Listings',
      signature: ['TITLE', 'CURRENCY_CODE', 'MATERIALS'],
      columns: {
        sku: ['SKU'],
        name: ['TITLE'],
        price: ['PRICE'],
        description: ['DESCRIPTION'],
        stock: ['QUANTITY'],
        currency: ['CURRENCY_CODE'],
      },
      decimalComma: true,
      note: 'A listing with variations is one row with one price; its SKU is the list of their SKUs.',
    },
  },
}
