import { data, detail, money, number, section, sentence, text, time, type View, whole } from '../../src/output/view.ts'
import { type Adjustment, adjustmentKinds } from '../../src/shop/orders/adjustments.ts'

/** One view for each kind of row, for every format. */
export const userView: View = {
  columns: [
    number('id'),
    text('username'),
    text('email'),
    detail('first_name'),
    detail('last_name'),
    text('is_active'),
    text('is_admin'),
    time('created_at'),
    { ...time('last_login'), shownIn: 'item' },
  ],
  spare: ['created_at', 'is_admin', 'is_active'],
  id: 'id',
  empty: 'No users.',
}

export const addressView: View = {
  columns: [
    number('id'),
    number('user_id'),
    text('username'),
    text('address_type'),
    text('street'),
    text('city'),
    text('postal_code'),
    text('country'),
    time('created_at'),
  ],
  spare: ['created_at', 'user_id', 'country'],
  id: 'id',
  empty: 'No addresses.',
}

export const productView: View = {
  columns: [
    number('id'),
    text('sku'),
    text('name'),
    detail('description'),
    money('price'),
    number('stock'),
    text('is_active'),
    time('created_at'),
  ],
  spare: ['created_at', 'is_active'],
  id: 'id',
  empty: 'No products.',
}

export const orderItemView: View = {
  columns: [number('product_id'), text('sku'), text('name'), number('quantity'), money('price'), money('subtotal')],
  spare: ['product_id'],
  id: 'product_id',
  empty: 'No items.',
}

export const orderHeadView: View = {
  columns: [
    number('id'),
    number('user_id'),
    text('username'),
    text('status'),
    money('total_amount'),
    detail('idempotency_key'),
    time('created_at'),
  ],
  spare: ['user_id', 'created_at'],
  id: 'id',
  empty: 'No orders.',
}

const adjustmentView: View<Adjustment> = {
  columns: [text('kind'), text('label'), money('amount')],
  id: 'kind',
}

interface Adjusted {
  readonly adjustments?: readonly Adjustment[]
}

export const orderView: View = {
  ...orderHeadView,
  columns: [...orderHeadView.columns, ...adjustmentKinds.map(data)],
  nested: { name: 'items', view: orderItemView },
  sections({ adjustments = [] }: Adjusted) {
    return adjustments.length === 0 ? [] : [section(adjustmentView, adjustments)]
  },
}

export const logView: View = {
  columns: [
    detail('id'),
    time('created_at'),
    text('os_user'),
    { ...sentence('command'), legible: 12 },
    text('entity'),
    number('entity_id'),
    sentence('message'),
  ],
  leastText: 12,
  spare: ['os_user', 'entity_id', 'entity'],
  id: 'id',
  empty: 'No changes.',
}

/**
 * The columns that an import accepts, so that an export can be imported. `id` is not among them, because it is valid in
 * this database only.
 */
export const userExportView: View = {
  columns: [
    ...['username', 'email', 'first_name', 'last_name', 'is_active', 'is_admin'].map(text),
    ...['created_at', 'last_login'].map(time),
  ],
  id: 'id',
}

export const userWithHashExportView: View = {
  ...userExportView,
  columns: [...userExportView.columns, text('password_hash')],
}

export const productExportView: View = {
  columns: [
    text('sku'),
    text('name'),
    money('price'),
    text('description'),
    number('stock'),
    text('is_active'),
    time('created_at'),
  ],
  id: 'id',
}

export const orderExportView: View = {
  columns: [
    text('order_ref'),
    text('user'),
    text('sku'),
    number('quantity'),
    money('price'),
    text('product_name'),
    time('ordered_at'),
    text('status'),
    ...adjustmentKinds.map(money),
  ],
  id: 'order_id',
}

/** The outcomes of several things that a verb has changed, one after the other. */
export const outcomeView: View = {
  columns: [text('item'), text('outcome'), whole('error'), sentence('message')],
  id: 'item',
  omitsNull: true,
  empty: 'Nothing to do.',
}

/** Whether a command line names several things, or reads their names from standard input. */
export const isBulk = (given: readonly string[]): boolean => given.length > 1 || given[0] === '-'

/** The view of a verb that takes one thing or many. */
export const oneOrMany =
  <O extends object>(view: View): ((options: O, args?: readonly string[]) => View) =>
  (options, args = []) =>
    isBulk(args) || 'all' in options ? outcomeView : view
