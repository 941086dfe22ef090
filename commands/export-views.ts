import { number, text, type View } from '../src/output/view.ts'

/**
 * The columns of each import, so that what was exported can be imported. `id` is not among them: it means something
 * here only.
 */
export const userExportView: View = {
  columns: ['username', 'email', 'first_name', 'last_name', 'is_active', 'is_admin', 'created_at', 'last_login'].map(
    text,
  ),
  id: 'id',
  empty: '',
}

export const userWithHashExportView: View = {
  ...userExportView,
  columns: [...userExportView.columns, text('password_hash')],
}

export const productExportView: View = {
  columns: [
    text('sku'),
    text('name'),
    number('price'),
    text('description'),
    number('stock'),
    text('is_active'),
    text('created_at'),
  ],
  id: 'id',
  empty: '',
}

export const orderExportView: View = {
  columns: [
    text('order_ref'),
    text('user'),
    text('sku'),
    number('quantity'),
    number('price'),
    text('product_name'),
    text('ordered_at'),
  ],
  id: 'order_id',
  empty: '',
}
