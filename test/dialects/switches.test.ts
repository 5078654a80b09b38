import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { readSwitches } from '../../src/dialects/switches.ts'

const read = (key: string, value: string): Promise<unknown> => readSwitches({ [key]: value }, ['pki', 'lab'])

test.each([
  ['notary.days', '90', '90'],
  ['notary.key-type', 'EC_P256', 'ec-p256'],
  ['notary.store', 'lab', 'lab'],
  ['notary.login-token', 'body', 'body'],
  ['d9tready.private-keys', 'off', 'no'],
  ['azure-apim.bare-dates', 'yes', 'true'],
  ['keyfactor.path', '/my/api', '/my/api'],
  ['iis.cors', 'https://A.example:443/, http://b.example:8080', 'https://a.example,http://b.example:8080'],
])('%s takes %s', async (key, value, meant) => {
  expect(await read(key, value)).toEqual({ [key]: meant })
})

test.each([
  ['days', '90', '"days" is no switch', 'write it as DIALECT.NAME=VALUE'],
  ['soap.days', '90', '"soap.days" is no switch', 'write it as DIALECT.NAME=VALUE'],
  ['iis.private-keys', 'no', 'IIS Administration has no switch "private-keys"', 'iis.cors'],
  ['notary.constructor', 'x', 'Canonical Notary has no switch "constructor"', 'notary.store, notary.profile'],
  ['notary.days', '0', 'notary.days: "0" is no number of days', '1 to 99999'],
  ['notary.profile', ' ', 'notary.profile is empty', 'leave it out'],
  ['notary.store', 'prod', 'notary.store: "prod" is not served', 'served are: pki, lab'],
  ['notary.first-account', 'all', 'notary.first-account: "all" means nothing here', 'it takes: anyone'],
  ['iis.cors', '*', 'iis.cors: "*" is no origin of a browser', 'https://HOST'],
  [
    'iis.cors',
    'https://a.example/x',
    'iis.cors: "https://a.example/x" is no origin of a browser',
    'https://HOST',
  ],
  ['d9tready.strict', 'maybe', 'd9tready.strict: "maybe" means nothing here', 'it takes: yes, no'],
])('%s=%s is refused', async (key, value, message, hint) => {
  await expect(read(key, value)).rejects.toMatchObject({
    code: 'cli.usage',
    message: `--set: ${message}`,
    hint: expect.stringContaining(hint) as string,
  })
})

test('a kind of key that there is not is refused', async () => {
  await expect(read('d9tready.key-type', 'dsa-512')).rejects.toMatchObject({ code: 'input.invalid' })
})

test('every switch stands on the page of its dialect, and none else does', async () => {
  for (const { name, switches } of await dialects()) {
    const page = readFileSync(`docs/dialects/${name}.md`, 'utf8')
    const named = page.matchAll(new RegExp(`\`${name}\\.([a-z-]+)(?:=[^\`]*)?\``, 'g'))
    expect(new Set([...named].map(([, word]) => word))).toEqual(new Set(Object.keys(switches)))
  }
})
