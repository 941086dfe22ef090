import type { Preset } from './preset.ts'

export const prestashop: Preset = {
  name: 'prestashop',
  system: 'PrestaShop',
  files: {
    orders: {
      from: 'Advanced Parameters → Database → SQL Manager, with the query in moving.md',
      signature: ['reference', 'product_reference', 'product_quantity'],
      columns: {
        order_ref: ['reference'],
        user: ['email'],
        sku: ['product_reference'],
        quantity: ['product_quantity'],
        units_refunded: ['product_quantity_refunded'],
        price: ['unit_price_tax_incl'],
        product_name: ['product_name'],
        ordered_at: ['date_add'],
        status: ['status'],
        shipping: ['total_shipping_tax_incl'],
        discount: ['total_discounts_tax_incl'],
        reported_total: ['total_paid_tax_incl'],
        reported_refund: ['total_refunded'],
      },
      subtract: { quantity: ['units_refunded'] },
      delimiter: ';',
      skuFrom: 'product_name',
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
      note: 'The grid of orders exports no order lines. --round half-up rounds prices of six decimals to cents.',
    },
    products: {
      from: 'Catalog → Products → Export',
      signature: ['Product ID', 'Reference', 'Price (tax incl.)'],
      columns: {
        sku: ['Reference'],
        name: ['Name'],
        price: ['Price (tax incl.)'],
        stock: ['Quantity'],
        is_active: ['Status'],
      },
      delimiter: ';',
      currencySign: true,
      skuFrom: 'name',
    },
    users: {
      from: 'Customers → Customers → Export',
      signature: ['Email address', 'Social title', 'Registration'],
      columns: {
        email: ['Email address'],
        first_name: ['First name'],
        last_name: ['Last name'],
        is_active: ['Enabled'],
        created_at: ['Registration'],
      },
      delimiter: ';',
    },
  },
}
