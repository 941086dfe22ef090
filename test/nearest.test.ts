import { describe, expect, it } from 'vitest'
import { nearest } from '../src/nearest.ts'

describe('the nearest word', () => {
  it.each([
    ['nmae', 'name'],
    ['usernmae', 'username'],
    ['emial', 'email'],
    ['userName', 'username'],
    ['emails', 'email'],
    ['created', 'created_at'],
    ['price', undefined],
    ['creatd_at', 'created_at'],
    ['x', undefined],
    ['', undefined],
  ])('to %j is %s', (word, found) => expect(nearest(word, ['name', 'username', 'email', 'created_at'])).toBe(found))
})
