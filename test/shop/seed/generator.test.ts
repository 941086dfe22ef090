import { iso31661 } from 'iso-3166'
import { describe, expect, it } from 'vitest'
import { parseEmail, parsePersonName, parseProductName, parseSku, parseUsername } from '../../../src/shop/rules.ts'
import { Year } from '../../../src/shop/seed/calendar.ts'
import { goods } from '../../../src/shop/seed/goods.ts'
import { categories } from '../../../src/shop/seed/goods-names.ts'
import { orders } from '../../../src/shop/seed/orders.ts'
import { people } from '../../../src/shop/seed/people.ts'
import { countries } from '../../../src/shop/seed/people-names.ts'
import { Random } from '../../../src/shop/seed/random.ts'
import { longTail, Weighted } from '../../../src/shop/seed/weighted.ts'

const until = new Date('2026-01-01T00:00:00Z')
const share = <T>(things: readonly T[], is: (thing: T) => boolean): number => things.filter(is).length / things.length
const dayMs = 86_400_000

describe('random numbers', () => {
  it('are those of the reference implementation, with the state 1, 2, 3, 4', () => {
    const random = new Random(1, 2, 3, 4)
    const published = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]
    expect(published.map(() => random.next())).toEqual(published)
  })

  it('are the same for the same seed and purpose, and others for others', () => {
    const first = (seed: number, purpose: string): number => Random.for(seed, purpose).next()
    expect(first(1, 'people')).toBe(first(1, 'people'))
    expect(new Set([first(1, 'people'), first(2, 'people'), first(1, 'orders')]).size).toBe(3)
  })

  it('draw by weight, and never what has none', () => {
    const [random, weighted] = [Random.for(1, 'test'), new Weighted([1, 0, 3])]
    const drawn = Array.from({ length: 10_000 }, () => weighted.draw(random))
    expect(share(drawn, (index) => index === 0)).toBeCloseTo(0.25, 1)
    expect(share(drawn, (index) => index === 2)).toBeCloseTo(0.75, 1)
    expect(drawn).not.toContain(1)
  })

  it('have a long tail: the k-th most popular is drawn 1/k as often as the first', () => {
    const random = Random.for(1, 'test')
    const tail = longTail(100, random)
    const counts = new Float64Array(100)
    for (let draw = 0; draw < 200_000; draw += 1) counts[tail.draw(random)]! += 1
    const popular = [...counts].sort((a, b) => b - a)
    for (const rank of [2, 3, 5, 10]) expect(popular[0]! / popular[rank - 1]! / rank).toBeCloseTo(1, 1)
    expect(counts[0]).not.toBe(popular[0])
  })
})

describe('people', () => {
  const many = [...people(20_000, Random.for(1, 'people'))]

  it('keep the rules of the shop, and no two are the same', () => {
    for (const { username, email, firstName, lastName } of many)
      expect([
        parseUsername(username),
        parseEmail(email),
        parsePersonName(firstName),
        parsePersonName(lastName),
      ]).toEqual([username, email, firstName, lastName])
    expect(new Set(many.map(({ username }) => username)).size).toBe(many.length)
    expect(many.every(({ email }) => email.endsWith('@example.com'))).toBe(true)
    expect(share(many, ({ active }) => !active)).toBeCloseTo(0.04, 2)
  })

  it('live in countries that there are, at an address without blanks to fill in', () => {
    const codes = iso31661.map(({ alpha2 }) => alpha2)
    expect(countries.map(({ code }) => code).filter((code) => !codes.includes(code))).toEqual([])
    const addresses = many.flatMap((person) => person.addresses)
    expect(addresses.length / many.length).toBeCloseTo(0.7 * 1.25, 1)
    for (const { street, postalCode } of addresses) {
      expect(street).toMatch(/^\d+ .*[^\d]$|^[^\d]+ \d+$/)
      expect(postalCode).toMatch(/^[A-Z0-9][A-Z0-9 -]{3,8}$/)
    }
  })

  it('lose every accent in a username: no letter of a list is without a plain one', () => {
    for (const name of countries.flatMap(({ first, last }) => [...first, ...last]))
      expect(name.normalize('NFD').replace(/[\p{M}']/gu, '')).toMatch(/^[A-Za-z]+$/)
  })
})

describe('goods', () => {
  const many = goods(5_000, Random.for(1, 'goods'))

  it('keep the rules of the shop, and no two have a name or a SKU in common', () => {
    for (const { sku, name } of many) expect([parseSku(sku), parseProductName(name)]).toEqual([sku, name])
    expect(new Set(many.map(({ sku }) => sku)).size).toBe(many.length)
    expect(new Set(many.map(({ name }) => name)).size).toBe(many.length)
  })

  it('cost what such things cost, to .00, .50, .90 or .99', () => {
    expect(new Set(many.map(({ priceCents }) => priceCents % 100))).toEqual(new Set([0, 50, 90, 99]))
    for (const { sku, priceCents } of many) {
      const [from, to] = categories.find(({ code }) => sku.startsWith(code))!.price
      expect(priceCents).toBeGreaterThanOrEqual(from * 100)
      expect(priceCents).toBeLessThan(to * 100 + 100)
    }
  })

  it('are mostly there and sold', () => {
    expect(share(many, ({ stock }) => stock < 5)).toBeCloseTo(0.08, 2)
    expect(share(many, ({ active }) => !active)).toBeCloseTo(0.04, 2)
  })
})

describe('a year', () => {
  const year = new Year(until)
  const times = [...year.times(50_000, Random.for(1, 'times'))].map(
    (second) => new Date(`${year.text(second).replace(' ', 'T')}Z`),
  )
  const between = (from: string, to: string): number => share(times, (at) => at >= new Date(from) && at < new Date(to))
  const perDay = (from: string, to: string): number => between(from, to) / ((Date.parse(to) - Date.parse(from)) / dayMs)

  it('ends where it should, in order, at any time of the day', () => {
    expect(times.every((at, index) => index === 0 || at >= times[index - 1]!)).toBe(true)
    expect(between('2025-01-01', '2026-01-01')).toBe(1)
    const evening = new Year(new Date('2024-03-01T18:30:00Z'))
    expect([evening.text(0), evening.text(Year.seconds)]).toEqual(['2023-03-02 18:30:00', '2024-03-01 18:30:00'])
    expect(Math.max(...evening.times(1_000, Random.for(1, 'times')))).toBeLessThan(Year.seconds)
  })

  it('grows, has its week and its nights, and is busy before Christmas', () => {
    expect(perDay('2025-10-01', '2025-11-01') / perDay('2025-02-01', '2025-03-01')).toBeGreaterThan(1.4)
    expect(perDay('2025-12-01', '2025-12-21') / perDay('2025-11-01', '2025-11-20')).toBeGreaterThan(1.8)
    expect(share(times, (at) => at.getUTCDay() === 6) / share(times, (at) => at.getUTCDay() === 2)).toBeGreaterThan(1.4)
    expect(
      share(times, (at) => at.getUTCHours() === 20) / share(times, (at) => at.getUTCHours() === 3),
    ).toBeGreaterThan(8)
  })
})

describe('orders', () => {
  const times = new Year(until).times(20_000, Random.for(1, 'times'))
  const many = [...orders({ seed: 1, users: 500, products: 200, times })]
  const lines = many.flatMap((order) => order.lines)
  const age = (days: number): number => Year.seconds - days * 86_400

  it('have one to eight lines, three on average, of different products, mostly one to three units each', () => {
    expect(lines.length / many.length).toBeCloseTo(3, 1)
    expect(new Set(many.map((order) => order.lines.length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]))
    for (const order of many) {
      const ids = order.lines.map(({ productId }) => productId)
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    }
    expect(share(lines, ({ quantity }) => quantity <= 3)).toBeGreaterThan(0.9)
  })

  it.each([
    ['products', () => lines.map(({ productId }) => productId), 200],
    ['buyers', () => many.map(({ userId }) => userId), 500],
  ])('the top tenth of the %s makes more than half of it', (_what, ids, count) => {
    const times = new Map<number, number>()
    for (const id of ids()) times.set(id, (times.get(id) ?? 0) + 1)
    const popular = [...times.values()].sort((a, b) => b - a).slice(0, count / 10)
    const all = ids().length
    expect(popular.reduce((sum, one) => sum + one, 0) / all).toBeGreaterThan(0.5)
    expect(times.size / count).toBeGreaterThan(0.95)
  })

  it('are delivered, but for the newest ones and those that are cancelled', () => {
    expect(share(many, ({ status }) => status === 'cancelled')).toBeCloseTo(0.03, 2)
    const going = many.filter(({ status }) => status !== 'cancelled')
    const expected = (placed: number): string =>
      placed < age(8) ? 'delivered' : placed < age(3) ? 'shipped' : placed < age(1) ? 'confirmed' : 'pending'
    expect(going.map(({ status }) => status)).toEqual(going.map(({ placed }) => expected(placed)))
    expect(new Set(going.map(({ status }) => status)).size).toBe(4)
    expect(many.every(({ placed, changed }) => changed >= placed && changed < Year.seconds)).toBe(true)
  })

  it('of a shop with few products have as many lines as there are', () => {
    const few = [...orders({ seed: 1, users: 1, products: 2, times: times.slice(0, 200) })]
    expect(new Set(few.map((order) => order.lines.length))).toEqual(new Set([1, 2]))
  })
})
