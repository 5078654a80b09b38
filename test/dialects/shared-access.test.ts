import { expect, test } from 'vitest'
import {
  accessSignature,
  endOfToken,
  readSharedAccess,
  roundTrip,
  sharedAccess,
} from '../../src/dialects/shared-access.ts'

// public test vectors of other clients of the service
test.each([
  [
    '53dd860e1b72ff0467030003',
    'pXeTVcmdbU9XxH6fPcPlq8Y9D9G3Cdo5Eh2nMSgKj/DWqeSFFXDdmpz5Trv+L2hQNM+nGa704Rf8Z22W9O1jdQ==',
    'FWBrF2PBYVEZgpoyaPWNKIBIGLQxbJAw6A3Lu4EB78aooaZldHXZTZBkqyMWlLdrpK5/q3BFDgj9vqX1vrR0ww==',
  ],
  ['123', '321', 'q6hTggdd9OCV+1sdVPDl88VzYyN9XZWegp/s3ApX1szHOI5eDuMkoqC43v25uL8xvNPfU0VtzrJQj/balAlxvw=='],
])('when the key of %s signs a known expiry then the signature is the known one', (id, key, signature) => {
  expect(accessSignature(id, '2014-08-04T22:03:00.0000000Z', key)).toBe(signature)
})

test('when both forms are made then they differ in the expiry alone', () => {
  const order = { id: '123', key: '321', expires: new Date('2014-08-04T22:03:59.900Z') }
  const signature = 'q6hTggdd9OCV+1sdVPDl88VzYyN9XZWegp/s3ApX1szHOI5eDuMkoqC43v25uL8xvNPfU0VtzrJQj/balAlxvw=='
  expect(sharedAccess({ ...order, form: 'long' }).token).toBe(
    `SharedAccessSignature uid=123&ex=2014-08-04T22:03:00.0000000Z&sn=${signature}`,
  )
  expect(sharedAccess({ ...order, form: 'compact' }).token).toBe(
    `SharedAccessSignature 123&201408042203&${signature}`,
  )
})

test('when an id would break the form then it is refused', () => {
  const order = { key: 'k', expires: new Date(0), form: 'long' } as const
  for (const id of ['', 'a&b', 'a b', 'a\nb'])
    expect(() => sharedAccess({ ...order, id })).toThrow(/is no id/)
})

test('when an instant is written as .NET does then it has seven digits', () => {
  expect(roundTrip(new Date('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05.6780000Z')
})

test.each(['long', 'compact'] as const)(
  'when a %s token is taken apart then its parts are those of the order',
  (form) => {
    const expires = new Date('2026-03-01T13:00:00Z')
    const { token, ...parts } = sharedAccess({ id: '123', key: '321', expires, form })
    const read = readSharedAccess(token.slice('SharedAccessSignature '.length))
    expect(read).toEqual(parts)
    expect(endOfToken(read!)).toBe(expires.getTime())
  },
)

test.each([
  '',
  'cHJpbWFyeQ==',
  'uid=&ex=x&sn=y',
  'uid=a&ex=x',
  'a&2026&y',
  '&202603011300&y',
  'a&202603011300&y&z',
])('when it is %j then it is no token', (text) => expect(readSharedAccess(text)).toBeUndefined())
