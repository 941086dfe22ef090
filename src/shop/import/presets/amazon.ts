import type { Preset } from './preset.ts'

export const amazon: Preset = {
  name: 'amazon',
  system: 'Amazon',
  files: {
    orders: {
      from: 'Seller Central → Reports → Orders: all orders, tab-delimited',
      signature: [['amazon-order-id', 'order-id'], 'purchase-date', 'item-price'],
      columns: {
        order_ref: ['amazon-order-id', 'order-id'],
        user: ['buyer-email', 'buyer-name'],
        sku: ['sku'],
        quantity: ['quantity', 'quantity-purchased'],
        price: ['item-price'],
        product_name: ['product-name'],
        ordered_at: ['purchase-date'],
        status: ['order-status'],
        item_status: ['item-status'],
        channel: ['sales-channel'],
        currency: ['currency'],
        shipping_price: ['shipping-price'],
        gift_wrap: ['gift-wrap-price'],
        item_promotion: ['item-promotion-discount'],
        ship_promotion: ['ship-promotion-discount'],
        item_tax: ['item-tax'],
        shipping_tax: ['shipping-tax'],
        gift_wrap_tax: ['gift-wrap-tax'],
      },
      inputFormat: 'csv',
      delimiter: '\\t',
      quote: 'none',
      lineTotal: true,
      add: {
        line_shipping: ['shipping_price', 'gift_wrap'],
        line_discount: ['item_promotion', 'ship_promotion'],
        line_tax: ['item_tax', 'shipping_tax', 'gift_wrap_tax'],
        reported_line_tax: ['item_tax', 'shipping_tax', 'gift_wrap_tax'],
      },
      derive: {
        taxes: [
          { when: { channel: ['amazon.com', 'amazon.ca'] }, is: 'added' },
          { when: { order_ref: ['*'] }, is: 'unknown' },
        ],
      },
      only: { line_tax: { taxes: ['added'] }, reported_line_tax: { taxes: ['unknown'] } },
      skip: [
        { when: { quantity: ['0'] }, reason: 'quantity 0' },
        {
          when: { item_status: ['cancelled'], status: ['', 'pending', 'confirmed', 'shipped', 'delivered'] },
          reason: 'cancelled line of an order',
        },
        { when: { status: ['cancelled'], price: [''] }, reason: 'cancelled order without a price' },
        {
          when: { status: ['pending'], price: [''] },
          reason: 'pending order without a price, which a later report has',
        },
      ],
      note:
        'item-price is the total of the line. In America and Canada, taxes are added to it; elsewhere it may include ' +
        'them. Reports without buyers need --guest or --default user=NAME.',
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
