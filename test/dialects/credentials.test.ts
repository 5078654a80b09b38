import { expect, test } from 'vitest'
import { basicCredential } from '../../src/dialects/credentials.ts'

const of = (authorization: string | undefined): ReturnType<typeof basicCredential> =>
  basicCredential({ header: (name) => (name === 'authorization' ? authorization : undefined) })

const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('user and password are told apart at the first colon, the scheme has no case', () => {
  // RFC 7617 section 2 and 2.1
  expect(of('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual(['Aladdin', 'open sesame'])
  expect(of('Basic dGVzdDoxMjPCow==')).toEqual(['test', '123£'])
  expect(of(` basic  ${base64('ann:a:b:')} `)).toEqual(['ann', 'a:b:'])
  expect(of(`Basic ${base64('ann:')}`)).toEqual(['ann', ''])
})

test.each([
  undefined,
  '',
  'Basic',
  'Basic !!!',
  'Bearer QTpC',
  `Basic ${base64(':x')}`,
  `Basic ${base64('x')}`,
])('%j is none', (header) => expect(of(header)).toBeUndefined())
