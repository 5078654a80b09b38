import { describe, expect, test } from 'vitest'
import { isRemotePlace, locationOf, readPlace } from '../../src/settings/remote-place.ts'

const FILE = '/home/me/.config/certman/settings.json'
const read = (value: unknown) => readPlace(FILE, 'kf', value)

describe('a store in the settings', () => {
  test('when it is a folder then its path is made absolute', () => {
    expect(read({ path: 'pki' })).toEqual({ path: '/home/me/.config/certman/pki' })
  })

  test('when it is a server then all of it is read', () => {
    const place = {
      kind: 'keyfactor',
      url: 'https://kf.example/KeyfactorAPI',
      auth: 'basic',
      user: 'CORP\\me',
      secret: { from: 'command', command: 'pass kf' },
      caFile: '/etc/ca.pem',
      pin: 'ab',
      clientCertificate: { store: 'corp', ref: 'me', password: { from: 'env', name: 'KEYPW' } },
      proxy: 'http://proxy:3128',
      timeout: '5s',
      retries: 0,
      options: { collection: '7' },
    }
    expect(read(place)).toEqual(place)
    expect(isRemotePlace(read(place))).toBe(true)
    expect(locationOf(read(place))).toBe('https://kf.example/KeyfactorAPI')
  })

  test('when files are named without a folder then they lie beside the settings', () => {
    const place = { kind: 'iis', url: 'https://h', caFile: 'ca.pem', secret: { from: 'file', path: 'pw' } }
    expect(read(place)).toMatchObject({
      caFile: '/home/me/.config/certman/ca.pem',
      secret: { from: 'file', path: '/home/me/.config/certman/pw' },
    })
  })

  const server = { kind: 'iis', url: 'https://h' }
  test.each([
    [7, 'needs a "path"'],
    [{}, 'needs a "path"'],
    [{ path: '/x', colour: 'red' }, 'has no setting "colour"'],
    [{ ...server, path: '/x' }, 'has no setting "path"'],
    [{ ...server, password: 'x' }, 'has no setting "password"'],
    [{ kind: 'iis' }, 'needs "url"'],
    [{ url: 'https://h' }, 'needs "kind"'],
    [{ kind: 'iis', url: 'nothing' }, 'needs "url" as an https:// address'],
    [{ ...server, user: 7 }, 'needs "user" as text'],
    [{ ...server, secret: 'ink' }, 'needs a secret "from" file, env, command or saved'],
    [{ ...server, secret: { from: 'toString' } }, 'needs a secret "from"'],
    [{ ...server, secret: { from: 'env' } }, 'needs "name"'],
    [{ ...server, secret: { from: 'env', name: 'X', value: 'ink' } }, 'has no setting "value"'],
    [{ ...server, retries: -1 }, 'needs "retries"'],
    [{ ...server, options: { a: 1 } }, 'needs "options"'],
    [{ ...server, clientCertificate: 'me' }, 'needs "clientCertificate"'],
    [
      { ...server, clientCertificate: { store: 's', ref: 'r', password: { from: 'saved', value: 'x' } } },
      'cannot save',
    ],
  ])('when it is %j then it is refused with the file and the store', (value, words) => {
    expect(() => read(value)).toThrow(`${FILE}: the store "kf" ${words}`)
  })
})
