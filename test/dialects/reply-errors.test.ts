import { describe, expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import { madeOfSent, PageForRecord, replyError, strangeAnswer } from '../../src/dialects/reply-errors.ts'
import type { HttpReply } from '../../src/http/request.ts'

function reply(status: number, body = '', headers: Readonly<Record<string, string>> = {}): HttpReply {
  return {
    status,
    header: (name) => headers[name.toLowerCase()],
    cookies: [],
    body: Buffer.from(body),
    text: () => body,
    json: () => JSON.parse(body),
    call: 'GET https://kf.example/Certificates/7',
    repeatable: true,
  }
}

const fault = { vendor: 'Keyfactor Command', store: 'kf' }

describe('a refused call', () => {
  test.each([
    [400, 'remote.refused'],
    [401, 'auth.failed'],
    [403, 'auth.forbidden'],
    [409, 'state.refused'],
    [412, 'record.changed'],
    [413, 'limit.exceeded'],
    [422, 'remote.refused'],
    [418, 'remote.refused'],
    [429, 'remote.failed'],
    [500, 'remote.failed'],
    [501, 'remote.refused'],
    [503, 'remote.failed'],
    [504, 'remote.timeout'],
  ])('when the status is %i then the error is %s and names vendor, call and status', (status, code) => {
    const error = replyError(reply(status, '{}'), fault)
    expect(error.code).toBe(code)
    expect(error.message).toBe(
      `Keyfactor Command: GET https://kf.example/Certificates/7 was answered with ${status}`,
    )
  })

  test('when a record is not there then 404 says so; where none was asked for, the URL is wrong', () => {
    const missing = replyError(reply(404, '{}'), { ...fault, thing: 'certificate "7"' })
    expect([missing.code, missing.message]).toEqual([
      'record.not-found',
      'Keyfactor Command: GET https://kf.example/Certificates/7 was answered with 404 (certificate "7")',
    ])
    const elsewhere = replyError(reply(404, 'no page'), fault)
    expect([elsewhere.code, elsewhere.hint]).toEqual([
      'remote.unexpected',
      'check the URL: another program, or another release, may be answering there',
    ])
  })

  test('when nobody knows whether a change was done then that is said, and not when it can be made again', () => {
    const unsure = 'it may have been done all the same: look first, then try again'
    for (const status of [502, 504]) {
      const once = { ...reply(status, '<html>Bad Gateway</html>'), repeatable: false }
      expect(replyError(once, { ...fault, hint: 'closer' }).hint).toBe(unsure)
      expect(replyError({ ...once, repeatable: true }, { ...fault, hint: 'closer' }).hint).toBe('closer')
    }
    const strange = { ...reply(200, '{}'), repeatable: false }
    expect(strangeAnswer('Keyfactor Command', strange, 'no object').hint).toBe(unsure)
    expect(strangeAnswer('Keyfactor Command', reply(200, '{}'), 'no object').hint).toContain('check the URL')
  })

  test('when ASP.NET names the members that it refuses then they are told, and not its title', () => {
    const body = {
      title: 'One or more validation errors occurred.',
      errors: { Subject: ['is wrong', 'x'], '': ['y'] },
    }
    expect(replyError(reply(400, JSON.stringify(body)), fault).message).toMatch(
      /400: "Subject: is wrong; y"$/,
    )
  })

  test('when a refusal has no words then the hint does not promise any', () => {
    expect(replyError(reply(400, '{}'), fault).hint).toContain('gives no reason')
    expect(replyError(reply(400, '{"message":"no"}'), fault).hint).toContain(
      'is the answer of the other side',
    )
  })

  test.each([
    ['', 'Tue, 01 Jan 2030 00:00:00 GMT', 'later'],
    ['Tue, 01 Jan 2030 00:02:00 GMT', 'Tue, 01 Jan 2030 00:00:00 GMT', 'in 120 seconds'],
    ['-5', 'Tue, 01 Jan 2030 00:00:00 GMT', 'later'],
    ['99999999999999999999', '', 'later'],
  ])('when Retry-After is %j at %s then it is tried again %s', (after, date, when) => {
    const busy = reply(503, '{}', { 'retry-after': after, date })
    expect(replyError(busy, fault).hint).toBe(`the server is busy: try again ${when}`)
  })

  test.each([
    [407, 'auth.failed', /proxy/],
    [511, 'remote.failed', /sign in/],
  ])('when somebody on the way answers %i then the hint says who', (status, code, hint) => {
    const error = replyError(reply(status, '<html>', { 'content-type': 'text/html' }), fault)
    expect([error.code, error.hint]).toEqual([code, expect.stringMatching(hint)])
  })

  test('when a redirect leads nowhere then the message says so', () => {
    expect(replyError(reply(304), fault).message).toMatch(/with 304 and no address to go on to$/)
  })

  test('when the server is busy for one second then the hint has no plural', () => {
    expect(replyError(reply(429, '{}', { 'retry-after': '1' }), fault).hint).toBe(
      'the server is busy: try again in 1 second',
    )
  })

  test.each([
    ['{"Message":"No such thing."}', 'No such thing.'],
    ['{"error":{"code":"X","message":"Bad tag"}}', 'Bad tag'],
    ['{"error":"invalid request"}', 'invalid request'],
    ['{"title":"Not found","detail":"the id is wrong"}', 'the id is wrong'],
    ['{"errors":["first","second"]}', 'first'],
    ['plain words', 'plain words'],
  ])('when the body is %s then its message is %s', (body, words) => {
    expect(replyError(reply(400, body), fault).message).toContain(`was answered with 400: "${words}"`)
  })

  test.each(['', '{}', '{"message":""}', '[]', 'null'])(
    'when the body is %j then there are no words',
    (body) => {
      expect(replyError(reply(500, body), fault).message).toMatch(/answered with 500$/)
    },
  )

  test('when the words are long or hold control characters then the line is short and safe', () => {
    const body = JSON.stringify({ message: `evil\u001b[31m\u202e ${'x'.repeat(1000)}` })
    const { message } = replyError(reply(400, body), fault)
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(message.length).toBeLessThan(450)
  })

  test('when a web page comes back then something else than the API answered', () => {
    const page = reply(404, '<!DOCTYPE html><html>', { 'content-type': 'text/html' })
    expect(replyError(page, fault)).toMatchObject({ code: 'remote.unexpected' })
    expect(replyError({ ...page, status: 401 }, fault)).toMatchObject({ code: 'auth.failed' })
    expect(replyError({ ...page, status: 502 }, fault)).toMatchObject({ code: 'remote.failed' })
  })

  test('when a page says 404 of a record then both are named: that there is none, and that the API is elsewhere', () => {
    const page = reply(404, '<html>', { 'content-type': 'text/html' })
    const error = replyError(page, { ...fault, thing: 'certificate "7"' })
    expect(error).toBeInstanceOf(PageForRecord)
    expect(error).toMatchObject({
      code: 'remote.unexpected',
      message:
        'Keyfactor Command: GET https://kf.example/Certificates/7 was answered with 404 and a web page (certificate "7")',
      hint: 'there is none, or the URL is wrong, or a proxy answered; whether the server is there says: certman store show kf',
    })
  })

  test.each([
    [408, 'remote.timeout', 'try again'],
    [413, 'limit.exceeded', 'takes no more in one call'],
  ])('when whoever stands in front says %i with a page then that counts', (status, code, hint) => {
    const page = reply(status, '<html>', { 'content-type': 'text/html' })
    expect(replyError(page, fault)).toMatchObject({
      code,
      hint: expect.stringContaining(hint) as string,
    })
  })

  test('when bytes that were sent cannot be read then no file of the user is blamed', async () => {
    const made = (error: unknown) =>
      madeOfSent('Keyfactor Command', 'certificate "7"', () => Promise.reject(error as Error))
    await expect(made(new CertmanError('der.malformed', 'at byte 0'))).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: 'Keyfactor Command: certificate "7" cannot be read as it was sent: at byte 0',
      hint: 'the server has it so, or something on the way damaged it: look at it there',
    })
    const unreachable = new CertmanError('remote.unreachable', 'no')
    await expect(made(unreachable)).rejects.toBe(unreachable)
  })

  test('when the server is busy then the hint says how long', () => {
    expect(replyError(reply(429, '', { 'retry-after': '7' }), fault).hint).toContain('in 7 seconds')
    expect(replyError(reply(429, '', { 'retry-after': '0' }), fault).hint).toBe(
      'the server is busy: try again later',
    )
    expect(replyError(reply(503, '', { 'retry-after': 'soon\u001b' }), fault).hint).toBe(
      'the server is busy: try again later',
    )
  })

  test('when a call means something of its own by a status then that counts', () => {
    const own = {
      ...fault,
      codes: { 409: 'name.taken' as const },
      hint: 'give --replace',
      thing: 'certificate "7"',
    }
    expect(replyError(reply(409), own)).toMatchObject({
      code: 'name.taken',
      hint: 'give --replace',
      message: expect.stringContaining('409 (certificate "7")') as string,
    })
  })

  test('when a change is redirected then the line says where to, without the query, and that nobody went there', () => {
    const to = { location: 'https://login.example/in?ticket=hidden#x' }
    expect(replyError(reply(307, '', to), fault)).toMatchObject({
      code: 'remote.unexpected',
      message:
        'Keyfactor Command: GET https://kf.example/Certificates/7 was answered with 307 and sent on to https://login.example/in',
      hint: 'nothing was sent there; if that is the server, give its URL: certman store add kf --replace …',
    })
  })
})
