import { expect, test } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { parseMap } from '../../src/files/map.ts'
import { fields } from './fixture.ts'

test.each([
  ['order_ref=InvoiceNo,user=CustomerID', { order_ref: 'InvoiceNo', user: 'CustomerID' }],
  [' order_ref = Invoice No , sku=a=b', { order_ref: 'Invoice No', sku: 'a=b' }],
  ['user="Customer, ID",sku="x"', { user: 'Customer, ID', sku: 'x' }],
  ['user=Name,sku=Name', { user: 'Name', sku: 'Name' }],
])('%s', (text, map) => {
  expect(Object.fromEntries(parseMap(text, fields))).toEqual(map)
})

test.each([
  ['', [`--map: "" has no '='`]],
  ['InvoiceNo', [`--map: "InvoiceNo" has no '='`]],
  ['user=a,user=b', ['--map: user is given twice']],
  ['user=', ['--map: no column is given for user']],
  ['=x', ['--map: unknown field ""']],
  ['usr=a', ['--map: unknown field "usr"; did you mean user?']],
  [
    'orderref=a,sku,user=',
    [
      '--map: unknown field "orderref"; did you mean order_ref?',
      `--map: "sku" has no '='`,
      '--map: no column is given for user',
    ],
  ],
])('%j is refused', (text, faults) => {
  let error: unknown
  try {
    parseMap(text, fields)
  } catch (reason) {
    error = reason
  }
  expect(error).toBeInstanceOf(DbtoolError)
  expect(error).toMatchObject({
    code: 'USAGE',
    faults,
    hint: expect.stringContaining('order_ref, user, sku, quantity, price'),
  })
})
