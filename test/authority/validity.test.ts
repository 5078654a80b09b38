import { assert, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SigningWish } from '../../src/authority/prepare.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { isRenewalDue, maybeDue } from '../../src/authority/renew.ts'
import { toPredicate } from '../../src/query/predicate.ts'
import { failureOf, makeCsr, makeRoot, NOW, prepareWith } from './material.ts'

const csr = await makeCsr({ sans: ['dns:w.example'] })
const root = await makeRoot({ notAfter: new Date('2027-01-01T00:00:00Z') })

describe('validity', () => {
  test('when nobody says anything, it begins a little before now and holds the days of the profile', () => {
    expect(prepareWith(root, csr)).toMatchObject({
      notBefore: '2026-04-01T11:55:00Z',
      notAfter: '2026-06-30T11:59:59Z',
      notes: [],
    })
  })

  test('when days are named, both ends belong to them', () => {
    expect(prepareWith(root, csr, { wish: { days: 1 } }).notAfter).toBe('2026-04-02T11:59:59Z')
  })

  test('when the days reach beyond the authority, they are clipped with a word about it', () => {
    const { notAfter, notes } = prepareWith(root, csr, { wish: { days: 800 } })
    expect(notAfter).toBe('2027-01-01T00:00:00Z')
    expect(notes).toEqual([
      'the validity ends with that of the authority, 2027-01-01T00:00:00Z, not 2028-06-09T11:59:59Z',
    ])
  })

  test('when the authority is younger than the backdating, it begins with the authority', async () => {
    const young = await makeRoot({ notBefore: new Date('2026-04-01T11:59:00Z') })
    expect(prepareWith(young, csr).notBefore).toBe('2026-04-01T11:59:00Z')
  })

  test.each([
    [
      'an end beyond the authority',
      { notAfter: new Date('2027-01-01T00:00:01Z') },
      'lies after that of the authority',
    ],
    ['an end before the start', { notAfter: new Date('2026-03-01T00:00:00Z') }, 'lies before the start'],
    [
      'a start before the authority',
      { notBefore: new Date('2025-12-31T23:59:59Z') },
      'lies before that of the authority',
    ],
    ['more days than the profile has', { days: 826 }, '826 days are more than the 825'],
    [
      'both an end and days',
      { days: 3, notAfter: new Date('2026-05-01T00:00:00Z') },
      'both an end and a number of days',
    ],
  ])('when somebody names %s, it is refused', async (_, wish, message) => {
    expect(await failureOf(() => prepareWith(root, csr, { wish }))).toMatchObject({
      code: 'policy.refused',
      message: expect.stringContaining(message),
    })
  })

  test('when somebody names an end, the start before now does not count, and one that is named does', async () => {
    const profile = parseProfile({
      name: 'ten',
      extends: 'server',
      validity: { defaultDays: 5, maximumDays: 10 },
    })
    const grant = (wish: SigningWish) => prepareWith(root, csr, { profile, wish }).notBefore
    const notAfter = new Date('2026-04-11T11:59:59Z')
    expect(grant({ notAfter })).toBe('2026-04-01T11:55:00Z')
    expect(grant({ notAfter, notBefore: NOW })).toBe('2026-04-01T12:00:00Z')
    const notBefore = new Date('2026-04-01T11:59:00Z')
    expect((await failureOf(() => grant({ notAfter, notBefore }))).message).toContain('are more than the 10')
  })

  // CA/Browser Forum Baseline Requirements section 6.3.2
  test.each([
    ['2026-03-14T12:00:00Z', 398],
    ['2026-03-15T12:00:00Z', 200],
    ['2027-03-15T12:00:00Z', 100],
    ['2029-03-15T12:00:00Z', 47],
  ])('when public trust is wanted at %s, %d days are the most', async (text, most) => {
    const now = new Date(text)
    const long = await makeRoot({
      notAfter: new Date('2036-01-01T00:00:00Z'),
      source: { crlUrls: ['http://ca.w.net/r.crl'] },
    })
    const request = await makeCsr({ subject: 'CN=www.w.net', sans: ['dns:www.w.net'] })
    const profile = parseProfile({
      extends: 'server',
      name: 'public',
      publicTrust: true,
      policies: ['2.23.140.1.2.1'],
      validity: { defaultDays: 398 },
    })
    const { notBefore, notAfter } = prepareWith(long, request, { profile, now })
    expect((Date.parse(notAfter) - Date.parse(notBefore) + 1000) / 86_400_000).toBe(most)
    const wish = { days: most + 1 }
    expect((await failureOf(() => prepareWith(long, request, { profile, now, wish }))).message).toContain(
      'Baseline Requirements',
    )
  })
})

describe('renewal', () => {
  const life = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-04-01T00:00:00Z' }
  const expectBegin = (instant: string, window?: number): void => {
    const [begin, before] = [new Date(instant), new Date(Date.parse(instant) - 1)]
    expect([before, begin].map((now) => isRenewalDue(life, now, window))).toEqual([false, true])
  }

  test('when a profile has no window, it is due after two thirds of the life', () => {
    expect(isRenewalDue(life, NOW)).toBe(true)
    expectBegin('2026-03-02T00:00:00Z')
  })

  test('when a profile has a window, it is due as many days before the end, and never before the start', () => {
    expectBegin('2026-03-22T00:00:00Z', 10)
    expectBegin('2026-01-01T00:00:00Z', 1000)
  })

  const instantAt = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
  const passes = (life: { notBefore: string; notAfter: string }, now: Date, window: number): boolean =>
    toPredicate(maybeDue(now, window), 'certificate', now)(life)

  test('the filter for a large store loses nothing that is due', () => {
    const century = 100 * 366 * 86_400
    const numbers = [integer({ min: 0, max: 2 * century }), integer({ min: 1, max: century })] as const
    const moment = [integer({ min: -5000, max: 5000 }), integer({ min: 0, max: 400 })] as const
    assert(
      property(...numbers, ...moment, (start, seconds, offset, window) => {
        const life = { notBefore: instantAt(start), notAfter: instantAt(start + seconds) }
        const twoThirds = (start + (seconds * 2) / 3) * 1000
        for (const begin of [twoThirds, (start + seconds - window * 86_400) * 1000]) {
          const now = new Date(Math.round(begin) + offset)
          const isDue = isRenewalDue(life, now, window) || isRenewalDue(life, now)
          expect(passes(life, now, window) || !isDue).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('the filter for a large store leaves out what has most of its life before it', () => {
    for (const days of [30, 90, 398, 3650, 9000]) {
      const notAfter = new Date(NOW.getTime() + days * 0.75 * 86_400_000).toISOString()
      const notBefore = new Date(NOW.getTime() - days * 0.25 * 86_400_000).toISOString()
      expect(passes({ notBefore, notAfter }, NOW, 7)).toBe(false)
    }
  })
})
