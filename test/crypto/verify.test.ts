import { existsSync, writeFileSync } from 'node:fs'
import { constants, createPublicKey, generateKeyPairSync, getCurves, sign } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  verifySignature,
  verifySignatureAside,
  verifySignatureSoon,
  type SignatureToVerify,
  type SignatureVerdict,
} from '../../src/crypto/verify.ts'
import { nullValue, oid, sequence } from '../../src/asn1/writer.ts'
import { csrParts } from '../../src/x509/csr.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { corpus, NO_CORPORA, type Corpus } from '../support/corpora.ts'
import { requirePem, writePem } from '../../src/formats/pem.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('verify')

/** Certificates whose issuer is their subject and that every tool reads. */
const selfIssued = (files: Corpus): { path: string; der: Uint8Array }[] =>
  files.entries
    .filter(
      ({ kind, expect, fields }) =>
        kind === 'cert' && expect === 'accept' && fields?.['self_issued'] === true,
    )
    .map(({ path, format }) => {
      const bytes = files.read(path)
      const block =
        format === 'PEM' ? requirePem(bytes, path).find(({ label }) => /CERT/.test(label)) : undefined
      return { path, der: block?.der ?? bytes }
    })

/** The verdict, which is the same at once, soon, and beside the thread. */
async function judge(input: SignatureToVerify): Promise<SignatureVerdict> {
  const verdict = verifySignature(input)
  expect(await verifySignatureSoon(input)).toBe(verdict)
  expect(await verifySignatureAside(input)).toBe(verdict)
  return verdict
}

/** A key, made once for all tests that want one like it, and a request signed with it, both made by OpenSSL. */
function makeRequest(openssl: string, key: readonly string[], signing: readonly string[]): Uint8Array {
  const file = join(folder, `${key.join('-').replaceAll(/[^\w-]/g, '_')}.pem`)
  if (!existsSync(file)) outputOf(openssl, ['genpkey', ...key, '-out', file])
  const request = ['req', '-new', '-key', file, '-subj', '/CN=t', '-outform', 'DER']
  return outputOf(openssl, [...request, ...signing])
}

/** Verdicts of the request as it is, with one bit of the signed part flipped, and with one of the signature flipped. */
function verdicts(der: Uint8Array): Promise<readonly string[]> {
  const { info, signatureAlgorithm: algorithm, signature, spki } = csrParts(der)
  const flip = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ 1 : byte))
  return Promise.all([
    judge({ algorithm, signed: info, signature, spki }),
    judge({ algorithm, signed: flip(info, -1), signature, spki }),
    judge({ algorithm, signed: info, signature: flip(signature, -1), spki }),
  ])
}

const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
const PSS = ['-sigopt', 'rsa_padding_mode:pss']

describe('what OpenSSL signs is valid, and nothing else', () => {
  const rsaDigests = [
    'md5',
    'sha1',
    'sha224',
    'sha256',
    'sha384',
    'sha512',
    'sha512-224',
    'sha512-256',
    'sha3-256',
  ]
  test.for<[string, string[], string[]]>([
    ...rsaDigests.map((digest): [string, string[], string[]] => [`RSA with ${digest}`, RSA, [`-${digest}`]]),
    [
      'RSA-PSS with SHA-256 and a salt as long',
      RSA,
      ['-sha256', ...PSS, '-sigopt', 'rsa_pss_saltlen:digest'],
    ],
    ['RSA-PSS with SHA-1, all defaults', RSA, ['-sha1', ...PSS, '-sigopt', 'rsa_pss_saltlen:20']],
    ['RSA-PSS with SHA-512 and no salt', RSA, ['-sha512', ...PSS, '-sigopt', 'rsa_pss_saltlen:0']],
    [
      'RSA-PSS with another digest in its mask',
      RSA,
      ['-sha256', ...PSS, '-sigopt', 'rsa_mgf1_md:sha512', '-sigopt', 'rsa_pss_saltlen:31'],
    ],
    [
      'a key that is for RSA-PSS only',
      [
        '-algorithm',
        'RSA-PSS',
        '-pkeyopt',
        'rsa_keygen_bits:2048',
        '-pkeyopt',
        'rsa_pss_keygen_md:sha384',
        '-pkeyopt',
        'rsa_pss_keygen_mgf1_md:sha384',
        '-pkeyopt',
        'rsa_pss_keygen_saltlen:48',
      ],
      ['-sha384'],
    ],
    ...['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-512'].map(
      (digest): [string, string[], string[]] => [
        `ECDSA with ${digest}`,
        ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
        [`-${digest}`],
      ],
    ),
    ['Ed25519', ['-algorithm', 'ED25519'], []],
    ['Ed448', ['-algorithm', 'ED448'], []],
  ])('%s', async ([, key, signing], context) => {
    const openssl = requireOracle(context, 'openssl')
    expect(await verdicts(makeRequest(openssl, key, signing))).toEqual(['valid', 'invalid', 'invalid'])
  })

  const odd = new Set(['SM2', 'Oakley-EC2N-3', 'Oakley-EC2N-4'])
  const curves = getCurves().filter((curve) => !odd.has(curve))
  test('ECDSA on every curve that this Node has', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const wrong: string[] = []
    for (const curve of curves) {
      const key = ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`]
      const judged = await verdicts(makeRequest(openssl, key, ['-sha256']))
      if (judged.join() !== 'valid,invalid,invalid') wrong.push(curve)
    }
    expect(curves.length).toBeGreaterThan(50)
    expect(wrong).toEqual([])
  })
})

describe('what does not fit together', () => {
  const ecdsa = sequence(oid('1.2.840.10045.4.3.2'))
  const signed = Uint8Array.of(1, 2, 3)
  const ed25519 = sequence(
    sequence(oid('1.3.101.112')),
    // RFC 8410 section 10.1
    Buffer.from('03210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1', 'hex'),
  )

  test('when the key is of another type than the algorithm then the signature is invalid', async () => {
    expect(
      createPublicKey({ key: Buffer.from(ed25519), format: 'der', type: 'spki' }).asymmetricKeyType,
    ).toBe('ed25519')
    expect(await judge({ algorithm: ecdsa, signed, signature: signed, spki: ed25519 })).toBe('invalid')
  })

  test('when the algorithm is unknown then nobody can say', async () => {
    const algorithm = sequence(oid('1.2.3.4'))
    expect(await judge({ algorithm, signed, signature: signed, spki: ed25519 })).toBe('unsupported')
  })

  test('when RSASSA-PSS stands there without its parameters then nobody can say, as RFC 4055 section 3.1 demands them', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const signature = sign('sha1', signed, { key: privateKey, padding, saltLength: 20 })
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const verdicts = [[], [sequence()], [nullValue()]].map((parameters) =>
      judge({ algorithm: sequence(oid('1.2.840.113549.1.1.10'), ...parameters), signed, signature, spki }),
    )
    expect(await Promise.all(verdicts)).toEqual(['unsupported', 'valid', 'unsupported'])
  })

  test('when the key cannot be read then nobody can say', async () => {
    const spki = sequence(sequence(oid('1.2.840.10045.2.1')), Uint8Array.of(3, 2, 0, 4))
    expect(await judge({ algorithm: ecdsa, signed, signature: signed, spki })).toBe('unsupported')
  })

  test('when the algorithm is no DER then the signature is invalid', async () => {
    expect(await judge({ algorithm: signed, signed, signature: signed, spki: ed25519 })).toBe('invalid')
  })
})

test('self-signed certificates of the corpora are judged as OpenSSL judges them', async (context) => {
  const files = corpus()
  context.skip(files === undefined, NO_CORPORA)
  const openssl = requireOracle(context, 'openssl')
  const ours = { valid: 0, invalid: 0, unsupported: 0 }
  const differing: string[] = []
  for (const { path, der } of selfIssued(files!)) {
    const { tbs, signatureAlgorithm, signature, spki } = certificateParts(der)
    const verdict = await judge({ algorithm: signatureAlgorithm, signed: tbs, signature, spki })
    ours[verdict]++
    if (verdict === 'unsupported') continue
    const pem = join(folder, 'self.pem')
    writeFileSync(pem, writePem('CERTIFICATE', der))
    const { text } = runOracle(openssl, [
      'verify',
      '-auth_level',
      '0',
      '-no_check_time',
      '-check_ss_sig',
      '-trusted',
      pem,
      pem,
    ])
    // it takes a key of another kind, or a damaged extension, for another issuer and says nothing of the signature
    if (text.includes('unable to get local issuer certificate')) continue
    const theirs = text.includes('certificate signature failure') ? 'invalid' : 'valid'
    if (theirs !== verdict) differing.push(`${path}: ${verdict}, ${text}`)
  }
  expect(ours.valid).toBeGreaterThan(100)
  expect(ours.invalid).toBeGreaterThan(5)
  expect(differing).toEqual([])
})
