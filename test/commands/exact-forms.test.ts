import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository } from '../support/built.ts'
import { oracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { shellWords } from '../support/transcript.ts'

/** The command lines that a script may rely on, in the order of a day's work, against the built command. */

let folder: string
let command = ''

interface Answer {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(file: string, words: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(file, words, {
    cwd: folder,
    env: bareEnv(folder),
    encoding: 'utf8',
    input: '',
  })
  return { status, stdout, stderr }
}

/** Runs a line as a person types it; it must do what it says. */
function expectDone(line: string, status = 0): Answer {
  const [name, ...words] = shellWords(line)
  if (name !== 'certman') throw new Error(`a line begins with certman: ${line}`)
  const answer = run(process.execPath, [command, ...words])
  expect(answer, line).toMatchObject({ status })
  return answer
}

const json = (line: string): Record<string, unknown> & Record<string, unknown>[] =>
  JSON.parse(expectDone(line).stdout) as Record<string, unknown> & Record<string, unknown>[]

const openssl = (line: string): Answer => run('openssl', shellWords(line))

const at = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = temporaryFolder('exact-forms')
  if (!judged) return
  command = builtCommand()
  writeFileSync(at('pw'), 's3cret-Pw\n', { mode: 0o600 })
  for (const [from, to] of [
    ['fixtures/windows/intranet.pfx', 'x.pfx'],
    ['fixtures/bundle/example-ca-bundle.pem', 'bundle.pem'],
  ] as const)
    writeFileSync(at(to), readFileSync(inRepository(from)))
  const made = openssl(
    'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout web.key -out web.csr ' +
      '-subj /CN=web.example -addext subjectAltName=DNS:web.example',
  )
  if (made.status !== 0) throw new Error(made.stderr)
})

/** Everything here needs its judge; in CI it is installed. */
const judged = oracle('openssl') !== undefined || process.env['CI']

describe
  .skipIf(!judged)
  .sequential('the exact forms, judged by openssl (skipped where it is not installed)', () => {
    test('certman store init ./pki makes a store, and store check finds no doubt', () => {
      expectDone('certman store init ./pki')
      expectDone('certman -s ./pki store check')
      expectDone('certman store check ./pki')
    })

    test('store add, use and remove write the settings', () => {
      expectDone('certman store add corp ./pki')
      expectDone('certman store use corp')
      expect(json('certman store list --json')).toMatchObject([{ name: 'corp', default: true }])
      expectDone('certman store remove corp --yes')
      expect(json('certman store list --json')).toEqual([])
    })

    test('import takes files with a password file and a name', () => {
      expectDone('certman store init ./inventory')
      expectDone('certman -s ./inventory import bundle.pem x.pfx --password-file pw --name web')
      const rows = json('certman -s ./inventory --json list')
      expect(rows.map(({ name }) => name)).toContain('web')
    })

    test('show --json of a record and of a file have the promised fields', () => {
      const fields = {
        subject: 'CN=intranet.example,O=Example Intranet,C=DE',
        issuer: expect.any(String),
        serialNumber: expect.stringMatching(/^[1-9a-f][0-9a-f]*$/),
        notBefore: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/),
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        subjectAltName: expect.arrayContaining([{ type: 'dns', value: 'intranet.example' }]),
        publicKey: expect.objectContaining({ type: 'rsa', size: 2048 }),
        signatureAlgorithm: expect.any(String),
        extendedKeyUsage: expect.any(Array),
        keyUsage: expect.any(Array),
        basicConstraints: expect.anything(),
      }
      expect(json('certman -s ./inventory show web --json')).toMatchObject(fields)
      const items = json('certman show --file x.pfx --password-file pw --json')
      expect(items.find(({ kind }) => kind === 'certificate')).toMatchObject(fields)
    })

    test('ca create makes a root whose key is protected', () => {
      const made = json(
        'certman -s ./pki --json ca create --subject "CN=Root" --name root --key-type ec-p256 --days 3650 --password-file pw',
      )
      expect(made).toMatchObject({ id: '1', name: 'root', outcome: 'changed' })
      const [key] = json('certman -s ./pki --json list keys')
      expect(key).toMatchObject({ encrypted: true })
    })

    test('request --csr answers the id and the state', () => {
      expect(json('certman -s ./pki --json request --csr web.csr')).toMatchObject({
        id: '1',
        state: 'outstanding',
      })
    })

    test('request makes a key and a request with its names', () => {
      const made = json(
        'certman -s ./pki --json request --subject "CN=w" --san dns:w.example --san ip:192.0.2.7 --key-type rsa-2048',
      )
      expect(made).toMatchObject({
        id: '2',
        state: 'outstanding',
        subjectAltName: [
          { type: 'dns', value: 'w.example' },
          { type: 'ip', value: '192.0.2.7' },
        ],
      })
      const waiting = json("certman -s ./pki --json list requests --filter 'state = outstanding'")
      expect(waiting.map(({ id }) => id)).toEqual(['1', '2'])
      expect(expectDone("certman -s ./pki list requests --filter 'state = outstanding'").stdout).toMatch(
        /CN=w\b/,
      )
    })

    test('sign answers the certificate', () => {
      const certificate = json(
        'certman -s ./pki --json sign 1 --ca root --profile server --days 90 --password-file pw',
      )
      expect(certificate).toMatchObject({ id: '2', subject: 'CN=web.example', outcome: 'changed', notes: [] })
      expectDone('certman -s ./pki edit 2 --name web')
    })

    test('reject says no, once', () => {
      expectDone('certman -s ./pki reject 2 --reason "no ticket"')
      expect(json('certman -s ./pki --json show requests/2')).toMatchObject({
        state: 'rejected',
        rejectionReason: 'no ticket',
      })
      expectDone('certman -s ./pki reject 2 --reason again', 5)
      expectDone('certman -s ./pki sign 2 --ca root --password-file pw', 5)
    })

    test('export writes the chain as PEM on standard output, which openssl verifies', () => {
      const { stdout } = expectDone('certman -s ./pki export web --format pem --chain --out -')
      expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
      writeFileSync(at('chain.pem'), stdout)
      expectDone('certman -s ./pki export 1 --format pem --out root.pem')
      expect(openssl('verify -x509_strict -CAfile root.pem chain.pem')).toMatchObject({ status: 0 })
    })

    test('export writes a PKCS#12 for an old Java', () => {
      expectDone('certman -s ./pki import web.key')
      expectDone('certman -s ./pki export web --format p12 --for java8 --password-file pw --out web.p12')
      const read = openssl('pkcs12 -legacy -in web.p12 -passin file:pw -noout -info')
      expect(read).toMatchObject({ status: 0 })
    })

    test('revoke with a reason, and the CRL as PEM and DER', () => {
      expectDone('certman -s ./pki revoke web --reason keyCompromise -y --password-file pw')
      const { stdout } = expectDone('certman -s ./pki ca crl root --password-file pw')
      writeFileSync(at('root.crl'), stdout)
      const text = openssl('crl -in root.crl -noout -text').stdout
      expect(text).toContain('Key Compromise')
      const verdict = openssl(
        'verify -x509_strict -crl_check_all -CAfile root.pem -CRLfile root.crl chain.pem',
      )
      expect(verdict.status).not.toBe(0)
      expect(verdict.stderr + verdict.stdout).toContain('certificate revoked')
      expectDone('certman -s ./pki ca crl root --format der --out root.der')
      expect(openssl('crl -inform DER -in root.der -noout')).toMatchObject({ status: 0 })
      expectDone('certman -s ./pki store check')
    })
  })
