import type { Preset } from './preset.ts'

export const wix: Preset = {
  name: 'wix',
  system: 'Wix',
  files: {
    orders: {
      from: 'Sales → Orders → Export, with one row per item',
      signature: ['Order number', 'Contact email', 'Qty', 'Shipping rate'],
      columns: {
        order_ref: ['Order number'],
        user: ['Contact email'],
        sku: ['SKU'],
        quantity: ['Qty'],
        price: ['Price'],
        title: ['Item'],
        variant: ['Variant'],
        day: ['Date created'],
        clock: ['Time'],
        currency: ['Currency'],
        shipping: ['Shipping rate'],
        reported_tax: ['Total tax'],
        reported_total: ['Total'],
        reported_refund: ['Refunded amount'],
        payment: ['Payment status'],
        fulfillment: ['Fulfillment status'],
      },
      dateFormat: 'MMM D, YYYY h:mm:ss A',
      carryDown: ['user', 'day', 'clock', 'currency', 'payment', 'fulfillment'],
      carryBy: 'order_ref',
      join: {
        product_name: { of: ['title', 'variant'], with: [' - '] },
        ordered_at: { of: ['day', 'clock'], with: [' '] },
      },
      skuFrom: 'product_name',
      derive: {
        status: [
          { when: { fulfillment: ['canceled', 'cancelled'] }, is: 'cancelled' },
          { when: { payment: ['refunded', 'voided', 'canceled', 'cancelled', 'declined'] }, is: 'cancelled' },
          { when: { fulfillment: ['fulfilled'] }, is: 'shipped' },
          { when: { payment: ['unpaid', 'pending', 'not paid'] }, is: 'pending' },
          { when: { payment: ['*'] }, is: 'confirmed' },
        ],
      },
      skip: [{ when: { quantity: ['0'] }, reason: 'quantity 0' }],
      note: 'Times are those of the site: give its zone with --time-zone. Coupons and gift cards are in no column.',
    },
  },
}
