import { describe, expect, test } from 'vitest'
import { DIALECT_NAMES } from '../../src/dialects/dialect.ts'
import { dialect, dialects, isDialectName } from '../../src/dialects/index.ts'

describe.each(DIALECT_NAMES)('the dialect %s', (name) => {
  test('when it is loaded then it is the one that was asked for, and says how to log in', async () => {
    const loaded = await dialect(name)
    expect(loaded.name).toBe(name)
    expect(loaded.title).not.toBe('')
    expect(loaded.auth.length).toBeGreaterThan(0)
  })

  test('when it cannot do what people try first then it says what to do instead', async () => {
    const { can, limits } = await dialect(name)
    const tried = ['import', 'exportCertificate', 'exportKey', 'delete', 'sign', 'revoke'] as const
    const silent = tried.filter((ability) => !can[ability] && limits[ability] === undefined)
    expect(silent).toEqual([])
  })

  test('when it names limits then they are about abilities, listings or fields, one line each', async () => {
    const { limits } = await dialect(name)
    for (const [key, sentence] of Object.entries(limits)) {
      expect(sentence).toMatch(/^\S[^\n]*[^.\s]$/)
      expect(key).toMatch(/^[A-Za-z]+(\.[A-Za-z]+)?$/)
    }
  })
})

test('when a kind does not exist then the kinds are listed', async () => {
  await expect(dialect('vault')).rejects.toMatchObject({
    code: 'cli.usage',
    hint: 'the kinds are: iis, azure-apim, keyfactor, notary, d9tready',
  })
  expect(isDialectName('vault')).toBe(false)
  expect((await dialects()).map(({ name }) => name)).toEqual(DIALECT_NAMES)
})
