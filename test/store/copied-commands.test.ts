import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandOn } from '../../src/base/text.ts'
import { memoryStore } from '../support/worlds.ts'
import { inRepository } from '../support/built.ts'
import { failure } from '../support/failure.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { makeCertificate } from '../support/make-certificates.ts'

/** Names that a shell, or certman itself, would take for more than a name. */
const NAMES = [
  "Ann's CA; $(id)",
  '-y',
  '--help',
  '$HOME `id` "x"',
  'a|b !c \\d',
  '~',
  ...fc.sample(
    fc.string({ unit: fc.constantFrom(...` '"$\`\\|;!()[]{}~=%^-aé`), minLength: 1, maxLength: 9 }),
    {
      numRuns: 20,
      seed: 1,
    },
  ),
].filter((name) => name.trim() === name)

/** The words that a shell makes of the command at the end of each text. */
function wordsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const commands = texts.map((text) => /certman (?:ca|password) .*$/.exec(text)![0])
  const script = commands.map((command) => `printf '%s\\0' ${command}; printf '\\1'`).join('\n')
  const { stdout } = spawnSync('sh', [], { input: script, encoding: 'utf8' })
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1))
}

async function hintsAbout(name: string): Promise<readonly string[]> {
  const store = memoryStore()
  await store.createAuthority(rootOrder({ name }))
  const hints: string[] = []
  const told = async (refused: Promise<unknown>): Promise<void> =>
    void hints.push((await failure(refused)).hint)
  await told(store.delete([target('1', 'certificate')]))
  await store.editAuthority(target('1', 'authority'), { enabled: false })
  await told(store.issue([{ csr: csrFor(['dns:a.example']) }], { authority: '1' }))
  const again = { name: 'other', certificate: (await store.certificate('1')).der, insecure: true } as const
  await told(store.importAuthority({ ...again, source: { how: 'imported' } }))
  await told(store.installAuthority(name, [again.certificate]))
  return hints
}

test('commands in hints name an authority in a way that a shell takes for one word, and certman for a name', async () => {
  const hints: string[] = []
  const expected: (readonly string[])[] = []
  for (const name of NAMES) {
    hints.push(...(await hintsAbout(name)))
    const last = name.startsWith('-') ? ['--', name] : [name]
    for (const verb of ['disable', 'enable', 'show', 'csr']) expected.push(['certman', 'ca', verb, ...last])
  }
  expect(wordsOf(hints)).toEqual(expected)
})

test('what follows a name that begins with a dash comes before it', () => {
  expect(commandOn('ca crl', 'root', '--renew')).toBe('certman ca crl root --renew')
  expect(commandOn('ca crl', '-y', '--renew')).toBe('certman ca crl --renew -- -y')
})

test('when the key of an authority lies unused without a password then who wants its CRL is told how to go on', async () => {
  const store = memoryStore()
  const { der, pkcs8, spki } = makeCertificate({ cn: 'Bare', ca: true })
  const source = { how: 'imported' } as const
  await store.importAuthority({ name: 'bare', certificate: der, source })
  await store.import({ certificates: [], keys: [{ pkcs8, spki, encrypted: false, source }] })
  const error = await failure(store.crl('bare'))
  expect(error).toMatchObject({
    code: 'key.missing',
    hint: expect.stringMatching(/certman password keys\/[0-9a-f]{16}$/) as string,
  })
})

/** What no shell takes for anything else: numbers and keywords of our own. */
const HARMLESS =
  /^(?:.*\b(?:id|ids\[1\]|supersededBy|certificateId|request|topic|name\.slice)|FORMAT|ours|url|setup\.file|group|LISTINGS\[kind\]|place)$/

test('texts name things in commands through commandOn and shellWord', () => {
  const unquoted: string[] = []
  for (const room of ['src', 'commands'])
    for (const file of readdirSync(inRepository(room), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.startsWith('help')) continue
      const source = readFileSync(join(inRepository(room), file), 'utf8')
      for (const [, value = ''] of source.matchAll(/certman(?: -s| --?[a-z-]+| [a-z]+)+ \$\{([^}]*)\}/g))
        if (
          !/^(?:shellWord\(|kind ===|(?:paths|files)\.map\(shellWord\))/.test(value) &&
          !HARMLESS.test(value)
        )
          unquoted.push(`${room}/${file}: ${value}`)
    }
  expect(unquoted).toEqual([])
})
