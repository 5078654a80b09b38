import { describe, expect, test } from 'vitest'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { isRenewalDue } from '../../src/authority/renew.ts'
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
})
