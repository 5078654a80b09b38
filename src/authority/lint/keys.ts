import { DerReader, TAG } from '../../asn1/reader.ts'
import { must, type LintRule } from './rule.ts'
import type { LintSubject } from './subject.ts'

/** The public key and its algorithm identifier. How strong it must be is for profiles to say. */
export const KEY_RULES: readonly LintRule[] = [
  must('key-known', '4.1.2.7', ({ publicKey: { type, size, curve } }) => {
    const isDamaged = (type.startsWith('rsa') && size === undefined) || (type === 'ec' && curve === undefined)
    return isDamaged ? 'the public key cannot be read' : undefined
  }),
  {
    id: 'key-curve',
    source: 'RFC 5480 section 2.1.1',
    severity: 'error',
    check: ({ publicKey: { curve } }) =>
      curve === 'explicit' || curve === 'inherited' ? 'the curve of the key is not named' : undefined,
  },
  {
    id: 'key-parameters',
    source: 'RFC 3279 section 2.3.1, RFC 8410 section 3',
    severity: 'error',
    check: parameterFault,
  },
  {
    id: 'key-size',
    source: 'NIST SP 800-131A section 3',
    severity: 'warning',
    check: ({ publicKey: { type, size } }) =>
      type.startsWith('rsa') && size !== undefined && size < 2048 ? `an RSA key of ${size} bits` : undefined,
  },
]

/** NULL for RSA, none for EdDSA. */
function parameterFault({ publicKey, spki }: LintSubject): string | undefined {
  const isRsa = publicKey.algorithmOid === '1.2.840.113549.1.1.1'
  if (!isRsa && !/^(?:ed|x)(?:25519|448)$/.test(publicKey.type)) return undefined
  const algorithm = new DerReader(spki).enter(TAG.sequence).enter(TAG.sequence)
  algorithm.read(TAG.oid)
  const found = algorithm.peek()
  if (isRsa) return found === TAG.null ? undefined : 'the parameters of an RSA key are not NULL'
  return found < 0 ? undefined : `a key of type ${publicKey.type} has parameters`
}
