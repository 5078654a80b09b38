import { describe, expect, test } from 'vitest'
import { isCrlDue } from '../../src/domain/authority.ts'
import type { RequestRecord } from '../../src/domain/records.ts'
import {
  issueRequest,
  rejectRequest,
  revokeRequest,
  type RequestState,
} from '../../src/domain/request-state.ts'
import { parseRevocationReason, releaseHold, requireDates, revoke } from '../../src/domain/revocation.ts'
import { REVOCATION_REASONS, type RevocationReason } from '../../src/domain/revocation-reason.ts'

const at = new Date('2026-04-01T12:00:00.500Z')
const request = (state: RequestState): RequestRecord => ({
  id: '7',
  state,
  tags: [],
  requestedAt: '2026-03-01T00:00:00Z',
})

const STEPS = {
  sign: (record: RequestRecord) => issueRequest(record, '9'),
  reject: (record: RequestRecord) => rejectRequest(record, { at, reason: 'no ticket' }),
  revoke: (record: RequestRecord) => revokeRequest(record),
}
const ALLOWED = ['outstanding sign issued', 'outstanding reject rejected', 'issued revoke revoked']

/** What a step does to a request in a state: the new state, or the message of the refusal. */
function outcomeOf(step: keyof typeof STEPS, state: RequestState): string {
  try {
    return STEPS[step](request(state)).state
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
}

const STATES = ['outstanding', 'issued', 'rejected', 'revoked'] as const
const PAIRS = STATES.flatMap((state) =>
  (Object.keys(STEPS) as (keyof typeof STEPS)[]).map((step) => [state, step] as const),
)

describe('the states of a request', () => {
  test.each(PAIRS)('when it is %s, to %s it does what the table of states says', (state, step) => {
    const allowed = ALLOWED.find((line) => line.startsWith(`${state} ${step} `))
    expect(outcomeOf(step, state)).toMatch(
      allowed?.split(' ')[2] ?? new RegExp(`^state\\.\\S+ cannot ${step} request 7: .+`),
    )
  })

  test('each impossible step has its own message, and its own code among those of the verb', () => {
    const refusals = PAIRS.map(([state, step]) => outcomeOf(step, state)).filter((each) =>
      each.startsWith('state.'),
    )
    expect(refusals).toHaveLength(9)
    expect(new Set(refusals.map((each) => each.replace(/^\S+ /, ''))).size).toBe(9)
    expect(new Set(refusals.map((each) => each.replace(/ request 7: .*/, ''))).size).toBe(9)
  })

  test('when a request is signed or rejected, its record says so', () => {
    expect(issueRequest(request('outstanding'), '9')).toMatchObject({ certificateId: '9' })
    expect(rejectRequest(request('outstanding'), { at, reason: 'no ticket' })).toMatchObject({
      rejectedAt: '2026-04-01T12:00:00.500Z',
      rejectionReason: 'no ticket',
    })
  })
})

describe('revocation', () => {
  const plain = { id: '3' }
  const reasons = REVOCATION_REASONS.map(([name]) => name).filter((name) => name !== 'removeFromCRL')

  test.each(reasons)('when a certificate is revoked for %s, the record has whole seconds', (reason) => {
    expect(revoke(plain, { reason, date: at }).revocation).toEqual({ reason, date: '2026-04-01T12:00:00Z' })
  })

  const others = reasons.filter((name) => name !== 'certificateHold')
  const finals = others.flatMap((first) =>
    reasons.map((second): [RevocationReason, RevocationReason] => [first, second]),
  )

  test.each([...finals, ['certificateHold', 'certificateHold'] as const])(
    'when %s is followed by %s, it is refused',
    (first, second) => {
      const revoked = revoke(plain, { reason: first, date: at })
      expect(() => revoke(revoked, { reason: second, date: at })).toThrow(
        expect.objectContaining({
          code: first === 'certificateHold' ? 'state.already-on-hold' : 'state.already-revoked',
        }),
      )
    },
  )

  test.each(others)('when a hold is followed by %s, that counts', (reason) => {
    const held = revoke(plain, { reason: 'certificateHold', date: at })
    const date = new Date('2026-05-01T00:00:00Z')
    expect(revoke(held, { reason, date }).revocation).toEqual({ reason, date: '2026-05-01T00:00:00Z' })
  })

  test('when a hold is released, the record is as before', () => {
    expect(releaseHold(revoke(plain, { reason: 'certificateHold', date: at }))).toEqual(plain)
  })

  test.each(reasons.filter((name) => name !== 'certificateHold'))(
    'when a certificate revoked for %s is released, it is refused',
    (reason) => {
      expect(() => releaseHold(revoke(plain, { reason, date: at }))).toThrow(`is revoked for ${reason}`)
    },
  )

  test('when a certificate that is not revoked is released, it is refused', () => {
    expect(() => releaseHold(plain)).toThrow('is not on hold: it is not revoked')
  })

  test('when a certificate is not valid yet, it can be revoked from now, but not from later on', () => {
    const certificate = { id: '3', notBefore: '2026-06-01T00:00:00Z' }
    const dated = (date: Date) => () => requireDates(certificate, { reason: 'superseded', date }, at)
    expect(dated(at)).not.toThrow()
    expect(dated(new Date('2026-06-02T00:00:00Z'))).toThrow('that time is yet to come')
  })

  test('when removeFromCRL is given as a reason, it is refused', () => {
    expect(() => revoke(plain, { reason: 'removeFromCRL', date: at })).toThrow(
      expect.objectContaining({ code: 'input.invalid' }),
    )
  })

  test.each([
    ['keyCompromise', 'keyCompromise'],
    ['KEY-COMPROMISE', 'keyCompromise'],
    ['ca_compromise', 'cACompromise'],
  ])('when a person types %s, it is %s', (typed, reason) => {
    expect(parseRevocationReason(typed)).toBe(reason)
  })

  test('when a person types an unknown reason, the hint names them all', () => {
    expect(() => parseRevocationReason('lost')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('keyCompromise') }),
    )
  })
})

describe('a new CRL', () => {
  const crl = {
    number: '1',
    thisUpdate: '2026-04-01T00:00:00Z',
    nextUpdate: '2026-04-08T00:00:00Z',
    entries: 0,
    fingerprint: '',
  }
  test.each([
    ['2026-04-05T23:59:59Z', 48, false],
    ['2026-04-06T00:00:00Z', 48, true],
    ['2026-04-04T00:00:00Z', 10_000, false],
    ['2026-04-04T12:00:00Z', 10_000, true],
  ])('at %s with an overlap of %d hours: due is %s', (now, crlOverlapHours, due) => {
    expect(isCrlDue({ crl, crlOverlapHours }, new Date(now))).toBe(due)
  })

  test('is due when there is none', () => {
    expect(isCrlDue({ crlOverlapHours: 48 }, at)).toBe(true)
  })
})
