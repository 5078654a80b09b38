import { describe, expect, test } from 'vitest'
import { parsePattern, patternRefusal } from '../../src/authority/name-patterns.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { builtInProfiles, getProfile, isBuiltInProfile } from '../../src/authority/profile.ts'
import * as fc from 'fast-check'

describe('profiles', () => {
  test.each(builtInProfiles().map((profile) => [profile.name, profile] as const))(
    '%s goes through JSON unchanged',
    (_, profile) => {
      expect(parseProfile(JSON.parse(JSON.stringify(profile)))).toEqual(profile)
    },
  )

  test.each([
    ['server+client', 'server-client'],
    ['Server', 'server'],
    ['code signing', 'code-signing'],
    ['e-mail', 'email'],
    ['ocsp', 'ocsp-responder'],
  ])('when a person types %s, it is %s', (typed, name) => {
    expect(getProfile(typed).name).toBe(name)
    expect(isBuiltInProfile(typed)).toBe(true)
  })

  test('when the store has a profile of its own, it is found by its name', () => {
    const own = {
      name: 'Web',
      addedAt: '2026-04-01T00:00:00Z',
      definition: { name: 'Web', extends: 'server', validity: { defaultDays: 30 } },
    }
    expect(getProfile('web', [own])).toMatchObject({
      name: 'Web',
      extendedKeyUsage: ['serverAuth'],
      validity: { defaultDays: 30, maximumDays: 825 },
    })
  })

  test('when a profile names a curve otherwise than keys do, it means the same curve', () => {
    const { keys } = parseProfile({
      name: 'x',
      keys: { curves: ['prime256v1', 'SECP384R1', 'brainpoolP256r1'] },
    })
    expect(keys.curves).toEqual(['P-256', 'P-384', 'brainpoolP256r1'])
  })

  test('when a profile names a usage by the newer word of RFC 5280, it means the same bit', () => {
    const { keyUsage } = parseProfile({ name: 'x', keyUsage: ['digitalSignature', 'contentCommitment'] })
    expect(keyUsage.rsa).toEqual(['digitalSignature', 'nonRepudiation'])
  })

  test('when no profile has the name, the hint names them all', () => {
    expect(() => getProfile('printer')).toThrow(
      expect.objectContaining({ code: 'profile.not-found', hint: expect.stringContaining('server-client') }),
    )
  })

  test.each([
    [[], '', 'expected an object'],
    [{}, '', 'the field name is missing'],
    [{ name: 'a/b' }, 'name', 'has the character'],
    [{ name: 'x', extends: 'nothing' }, 'extends', 'expected one of server'],
    [{ name: 'x', color: 'red' }, 'color', 'there is no such field'],
    [{ name: 'x', ca: true }, 'ca', 'expected an object'],
    [{ name: 'x', ca: { pathLen: -1 } }, 'ca.pathLen', 'a whole number from 0'],
    [{ name: 'x', keyUsage: ['sign'] }, 'keyUsage[0]', 'expected one of digitalSignature'],
    [{ name: 'x', keyUsage: { dsa: [] } }, 'keyUsage.dsa', 'there is no such field'],
    [{ name: 'x', keyUsage: ['keyCertSign'] }, 'keyUsage', 'for authorities only'],
    [{ name: 'x', ca: {}, keyUsage: ['cRLSign'] }, 'keyUsage', 'needs keyCertSign'],
    [{ name: 'x', policies: ['1.2.3', { oid: '1.2.3', cps: 'http://x/' }] }, 'policies', 'there twice'],
    [{ name: 'x', extendedKeyUsage: ['printing'] }, 'extendedKeyUsage[0]', 'no key purpose is called'],
    [{ name: 'x', extendedKeyUsage: ['serverAuth', '1.3.6.1.5.5.7.3.1'] }, 'extendedKeyUsage', 'twice'],
    [{ name: 'x', extendedKeyUsage: ['timeStamping'] }, 'extendedKeyUsage', 'RFC 3161'],
    [{ name: 'x', keys: { curves: ['P-256', 'P-999'] } }, 'keys.curves[1]', 'no curve is called "P-999"'],
    [{ name: 'x', validity: { defaultDays: 1.5 } }, 'validity.defaultDays', 'a whole number'],
    [{ name: 'x', validity: { defaultDays: 900 } }, 'validity.defaultDays', 'more than the maximum of 825'],
    [{ name: 'x', validity: { defaultDays: 30, renewDays: 30 } }, 'validity.renewDays', 'due at once'],
    [{ name: 'x', names: { allowed: ['dns:*.a', 'a'] } }, 'names.allowed[1]', 'not of the form TYPE:PATTERN'],
    [{ name: 'x', names: { forbidden: ['ip:10.0.0.0/33'] } }, 'names.forbidden[0]', 'no address or range'],
    [{ name: 'x', names: { subjectRequired: ['ZZ'] } }, 'names.subjectRequired[0]', 'no attribute is called'],
    [{ name: 'x', keys: { minimumRsaBits: 512 } }, 'keys.minimumRsaBits', 'from 1024'],
    [{ name: 'x', extensions: { copied: ['what'] } }, 'extensions.copied[0]', 'no extension is called'],
    [
      { name: 'x', extensions: { fixed: [{ oid: '1.2.3', value: '0500ff' }] } },
      'extensions.fixed[0].value',
      'more bytes follow',
    ],
    [{ name: 'x', extensions: { copied: ['authorityKeyIdentifier'] } }, 'extensions.copied', 'not copied'],
    [
      { name: 'x', extensions: { fixed: [{ oid: '2.5.29.17', value: '3000' }] } },
      'extensions.fixed',
      'a place of its own',
    ],
    [{ name: 'x', crlUrls: ['file:///etc'] }, 'crlUrls[0]', 'no http or ldap URL'],
    [{ name: 'x', policies: ['1.2.x'] }, 'policies[0]', 'no object identifier'],
    [{ name: 'x', tlsFeatures: ['staple'] }, 'tlsFeatures[0]', 'status_request'],
    [{ name: 'x', publicTrust: true }, 'publicTrust', 'add serverAuth'],
    [{ name: 'x', extends: 'server', publicTrust: true }, 'policies', 'a policy is required'],
  ])('when the JSON is %j, the fault is at "%s"', (json, field, message) => {
    const wanted = {
      code: 'input.invalid',
      message: expect.stringContaining(message),
      ...(field !== '' && { field }),
    }
    expect(() => parseProfile(json)).toThrow(expect.objectContaining(wanted))
  })
})

describe('patterns', () => {
  /** Of an attribute, whose value is no wildcard. */
  function fitsGlob(glob: string, text: string): boolean {
    const pattern = parsePattern(`CN:${glob}`)
    if (typeof pattern === 'string') throw new TypeError(pattern)
    return pattern.fits(text)
  }

  test.each([
    ['*.corp.example', 'a.b.corp.example', true],
    ['*.corp.example', 'corp.example', false],
    ['w?.example', 'w1.example', true],
    ['w?.example', 'w12.example', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b-', false],
  ])('%s fits %s: %s', (glob, text, fits) => {
    expect(fitsGlob(glob, text)).toBe(fits)
  })

  test.each([
    ['admin.corp.example', true],
    ['*.corp.example', true],
    ['adm*', true],
    ['*n.*.example', true],
    ['*.secret.corp.example', false],
    ['corp.example', false],
    ['?', false],
  ])('a wildcard stands for a name that %s forbids: %s', (glob, isMet) => {
    const profile = parseProfile({ name: 'x', names: { forbidden: [`dns:${glob}`] } })
    const why = patternRefusal(profile, { kind: 'dns', value: '*.Corp.example' })
    expect(why).toBe(isMet ? `the profile forbids dns:${glob}` : undefined)
  })

  test.each([
    ['*.corp.example', true],
    ['*', true],
    ['?*.corp.example', true],
    ['?.corp.example', false],
    ['??*.corp.example', false],
    ['web*.corp.example', false],
    ['web.corp.example', false],
  ])('a wildcard needs all names allowed that it stands for: %s', (glob, fits) => {
    const profile = parseProfile({ name: 'x', names: { allowed: [`dns:${glob}`] } })
    const why = patternRefusal(profile, { kind: 'dns', value: '*.Corp.example' })
    expect(why).toBe(fits ? undefined : `the profile allows only dns:${glob}`)
  })

  test('forbid a wildcard exactly when they fit some label in its place', () => {
    const longer = (labels: readonly string[]): string[] =>
      labels.flatMap((label) => [`${label}a`, `${label}b`])
    const [one, two] = [longer(['']), longer(longer(['']))]
    const labels = [...one, ...two, ...longer(two), ...longer(longer(two))]
    fc.assert(
      fc.property(fc.stringMatching(/^[ab.*?]{1,4}$/), fc.stringMatching(/^[ab.]{1,4}$/), (glob, rest) => {
        const pattern = parsePattern(`dns:${glob}`)
        if (typeof pattern === 'string') throw new TypeError(pattern)
        const isMet = labels.some((label) => fitsGlob(glob, `${label}.${rest}`))
        expect(pattern.meets(`*.${rest}`)).toBe(isMet)
      }),
    )
  })

  test('fit what a regular expression of the same meaning fits', () => {
    const chars = fc.stringMatching(/^[ab*?]{1,12}$/)
    fc.assert(
      fc.property(chars, fc.stringMatching(/^[ab*?]{0,16}$/), (glob, text) => {
        const pattern = glob.replaceAll('*', '.*').replaceAll('?', '.')
        expect(fitsGlob(glob, text)).toBe(new RegExp(`^${pattern}$`).test(text))
      }),
    )
  })
})
