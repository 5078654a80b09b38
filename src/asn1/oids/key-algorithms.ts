/** Dotted text, the name of the algorithm as the RFCs write it, and the `type` that certman gives such a key. */
export type KeyAlgorithmRow = readonly [oid: string, name: string, type: string]

/** FIPS 205 parameter sets in the order of their OIDs (RFC 9909): from 2.16.840.1.101.3.4.3.20 on, pre-hash from .35 on. */
const SLH_DSA = ['sha2', 'shake'].flatMap((hash) =>
  ['128s', '128f', '192s', '192f', '256s', '256f'].map((size) => `${hash}-${size}`),
)
const SLH_DSA_PREHASH: Readonly<Record<string, string>> = {
  'sha2-128s': 'sha256',
  'sha2-128f': 'sha256',
  'shake-128s': 'shake128',
  'shake-128f': 'shake128',
}

const NIST = '2.16.840.1.101.3.4'

const slhDsaRows = SLH_DSA.flatMap((set, i): KeyAlgorithmRow[] => {
  const prehash = SLH_DSA_PREHASH[set] ?? (set.startsWith('sha2') ? 'sha512' : 'shake256')
  return [
    [`${NIST}.3.${20 + i}`, `id-slh-dsa-${set}`, `slh-dsa-${set}`],
    [`${NIST}.3.${35 + i}`, `id-hash-slh-dsa-${set}-with-${prehash}`, `hash-slh-dsa-${set}-with-${prehash}`],
  ]
})

/** Composite signatures and KEMs: consecutive OIDs from `arc.first` on, under the names of the drafts. */
const composites = (arc: string, first: number, names: readonly string[]): KeyAlgorithmRow[] =>
  names.map((name, i) => [`${arc}.${first + i}`, `id-${name}`, name.toLowerCase()])

/** Public key algorithms. ML-DSA, SLH-DSA and the composites use the same OID for the key and the signature. */
export const KEY_ALGORITHMS: readonly KeyAlgorithmRow[] = [
  ['1.2.840.113549.1.1.1', 'rsaEncryption', 'rsa'],
  ['2.5.8.1.1', 'rsa', 'rsa'],
  ['1.2.840.113549.1.1.7', 'rsaesOaep', 'rsa-oaep'],
  ['1.2.840.113549.1.1.10', 'rsassaPss', 'rsa-pss'],
  ['1.2.840.10040.4.1', 'id-dsa', 'dsa'],
  ['1.3.14.3.2.12', 'dsa-oiw', 'dsa'],
  ['1.2.840.113549.1.3.1', 'dhKeyAgreement', 'dh'],
  ['1.2.840.10046.2.1', 'dhpublicnumber', 'dh'],
  ['1.2.840.10045.2.1', 'id-ecPublicKey', 'ec'],
  ['1.3.132.1.12', 'id-ecDH', 'ec'],
  ['1.3.132.1.13', 'id-ecMQV', 'ec'],
  ['1.3.101.110', 'X25519', 'x25519'],
  ['1.3.101.111', 'X448', 'x448'],
  ['1.3.101.112', 'Ed25519', 'ed25519'],
  ['1.3.101.113', 'Ed448', 'ed448'],
  [`${NIST}.3.17`, 'id-ml-dsa-44', 'ml-dsa-44'],
  [`${NIST}.3.18`, 'id-ml-dsa-65', 'ml-dsa-65'],
  [`${NIST}.3.19`, 'id-ml-dsa-87', 'ml-dsa-87'],
  [`${NIST}.3.32`, 'id-hash-ml-dsa-44-with-sha512', 'hash-ml-dsa-44-with-sha512'],
  [`${NIST}.3.33`, 'id-hash-ml-dsa-65-with-sha512', 'hash-ml-dsa-65-with-sha512'],
  [`${NIST}.3.34`, 'id-hash-ml-dsa-87-with-sha512', 'hash-ml-dsa-87-with-sha512'],
  [`${NIST}.4.1`, 'id-alg-ml-kem-512', 'ml-kem-512'],
  [`${NIST}.4.2`, 'id-alg-ml-kem-768', 'ml-kem-768'],
  [`${NIST}.4.3`, 'id-alg-ml-kem-1024', 'ml-kem-1024'],
  ...slhDsaRows,
  ...composites('1.3.6.1.5.5.7.6', 37, [
    'MLDSA44-RSA2048-PSS-SHA256',
    'MLDSA44-RSA2048-PKCS15-SHA256',
    'MLDSA44-Ed25519-SHA512',
    'MLDSA44-ECDSA-P256-SHA256',
    'MLDSA65-RSA3072-PSS-SHA512',
    'MLDSA65-RSA3072-PKCS15-SHA512',
    'MLDSA65-RSA4096-PSS-SHA512',
    'MLDSA65-RSA4096-PKCS15-SHA512',
    'MLDSA65-ECDSA-P256-SHA512',
    'MLDSA65-ECDSA-P384-SHA512',
    'MLDSA65-ECDSA-brainpoolP256r1-SHA512',
    'MLDSA65-Ed25519-SHA512',
    'MLDSA87-ECDSA-P384-SHA512',
    'MLDSA87-ECDSA-brainpoolP384r1-SHA512',
    'MLDSA87-Ed448-SHAKE256',
    'MLDSA87-RSA3072-PSS-SHA512',
    'MLDSA87-RSA4096-PSS-SHA512',
    'MLDSA87-ECDSA-P521-SHA512',
    'MLKEM768-RSA2048-SHA3-256',
    'MLKEM768-RSA3072-SHA3-256',
    'MLKEM768-RSA4096-SHA3-256',
    'MLKEM768-X25519-SHA3-256',
    'MLKEM768-ECDH-P256-SHA3-256',
    'MLKEM768-ECDH-P384-SHA3-256',
    'MLKEM768-ECDH-brainpoolP256r1-SHA3-256',
    'MLKEM1024-RSA3072-SHA3-256',
    'MLKEM1024-ECDH-P384-SHA3-256',
    'MLKEM1024-ECDH-brainpoolP384r1-SHA3-256',
    'MLKEM1024-X448-SHA3-256',
    'MLKEM1024-ECDH-P521-SHA3-256',
  ]),
  // earlier drafts, still met in test certificates
  ...composites('2.16.840.1.114027.80.8.1', 21, [
    'MLDSA44-RSA2048-PSS',
    'MLDSA44-RSA2048-PKCS15',
    'MLDSA44-Ed25519',
    'MLDSA44-ECDSA-P256',
  ]),
  ['2.16.840.1.114027.80.8.1.26', 'id-MLDSA65-RSA3072-PSS', 'mldsa65-rsa3072-pss'],
  ['2.16.840.1.114027.80.8.1.30', 'id-MLDSA65-Ed25519', 'mldsa65-ed25519'],
  ['2.16.840.1.114027.80.8.1.32', 'id-MLDSA87-ECDSA-brainpoolP384r1', 'mldsa87-ecdsa-brainpoolp384r1'],
  ['2.16.840.1.114027.80.8.1.33', 'id-MLDSA87-Ed448', 'mldsa87-ed448'],
  ['2.16.840.1.114027.80.8.1.42', 'id-HashMLDSA44-Ed25519-SHA512', 'hashmldsa44-ed25519-sha512'],
  ['2.16.840.1.114027.80.8.1.46', 'id-HashMLDSA65-RSA4096-PSS-SHA512', 'hashmldsa65-rsa4096-pss-sha512'],
  ['2.16.840.1.114027.80.5.2.79', 'id-MLKEM768-ECDH-P384-SHA3-256', 'mlkem768-ecdh-p384-sha3-256'],
  ['1.2.643.2.2.19', 'id-GostR3410-2001', 'gost2001'],
  ['1.2.643.2.2.20', 'id-GostR3410-94', 'gost94'],
  ['1.2.643.7.1.1.1.1', 'id-tc26-gost3410-12-256', 'gost2012-256'],
  ['1.2.643.7.1.1.1.2', 'id-tc26-gost3410-12-512', 'gost2012-512'],
  ['1.2.840.113549.1.9.16.3.17', 'id-alg-hss-lms-hashsig', 'hss-lms'],
  ['1.3.6.1.5.5.7.6.34', 'id-alg-xmss-hashsig', 'xmss'],
  ['1.3.6.1.5.5.7.6.35', 'id-alg-xmssmt-hashsig', 'xmssmt'],
  ['0.4.0.127.0.15.1.1.13.0', 'id-alg-xmss', 'xmss'],
  ['1.3.6.1.5.5.7.6.10', 'id-alg-composite', 'composite'],
]
