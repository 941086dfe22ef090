import type { Preset } from './preset.ts'

export const woocommerce: Preset = {
  name: 'woocommerce',
  system: 'WooCommerce (CSV)',
  files: {
    orders: {
      from: 'the plugin Advanced Order Export',
      signature: [
        ['Order Number', 'Order ID'],
        ['Item Cost', 'Item Price'],
        ['Email (Billing)', 'Billing Email Address'],
      ],
      columns: {
        order_ref: ['Order Number', 'Order ID'],
        user: ['Email (Billing)', 'billing_email', 'Billing Email Address'],
        sku: ['SKU', 'item_sku', 'Item SKU'],
        quantity: ['Quantity (- Refund)', 'Quantity', 'item_quantity'],
        price: ['Item Cost', 'item_price', 'Item Price'],
        product_name: ['Item Name', 'item_name', 'Product Name'],
        ordered_at: ['Order Date', 'order_date', 'date'],
        status: ['Order Status', 'status'],
        currency: ['Order Currency', 'order_currency', 'currency'],
        shipping: ['Order Shipping Amount', 'shipping_total'],
        reported_tax: ['Order Total Tax Amount', 'tax_total'],
        reported_total: ['Order Total Amount', 'order_total'],
        reported_refund: ['Order Refund Amount', 'refunded_total'],
      },
      carryDown: ['user', 'ordered_at', 'status', 'currency'],
      carryBy: 'order_ref',
      skuFrom: 'product_name',
      skip: [{ when: { quantity: ['0', '-'] }, reason: 'quantity 0, or a refund' }],
      note:
        'Prices without tax often have six decimals; --round half-up rounds them to cents. ' +
        'Item Cost is the price after coupons, so that Cart Discount Amount is a part of it.',
    },
    products: {
      from: 'Products → All products → Export',
      signature: ['Type', 'Regular price', 'Published'],
      columns: {
        type: ['Type'],
        sku: ['SKU'],
        name: ['Name'],
        price: ['Regular price'],
        description: ['Description'],
        stock: ['Stock'],
        in_stock: ['In stock?'],
        state: ['Published'],
      },
      derive: {
        stock: [{ when: { stock: ['-'] }, is: '0', note: 'negative stock, imported as 0' }],
        is_active: [
          { when: { state: ['1'] }, is: 'true' },
          { when: { state: ['*'] }, is: 'false' },
        ],
      },
      notice: [{ when: { stock: [''], in_stock: ['1'] }, reason: 'its stock is not counted, and 0 if it is new' }],
      skip: [
        { when: { type: ['variable', 'grouped', 'external'] }, reason: 'product without a price of its own' },
        { when: { price: [''] }, reason: 'product without a price' },
      ],
      skuFrom: 'name',
    },
    users: {
      from: 'Analytics → Customers → Download',
      signature: ['Username', 'Sign up', 'Total spend'],
      columns: { username: ['Username'], email: ['Email'], created_at: ['Sign up'] },
      skip: [{ when: { email: [''] }, reason: 'customer without an email' }],
    },
  },
}
