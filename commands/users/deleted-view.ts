import { data, number, text, time, type View } from '../../src/output/view.ts'
import { userView } from '../kit/views.ts'

/** A deleted user, with the number of deleted addresses. */
export const deletedUserView: View = { ...userView, columns: [...userView.columns, data('addresses_deleted')] }

/** The same columns; a table shows those that a purge depends on. */
export const purgedUserView: View = {
  columns: [
    number('id'),
    text('username'),
    text('email'),
    data('first_name'),
    data('last_name'),
    data('is_active'),
    data('is_admin'),
    time('created_at'),
    time('last_login'),
    data('addresses_deleted'),
  ],
  id: 'id',
  empty: 'No user without orders has been inactive and unseen for this long; nothing was changed.',
}
