import type { webcrypto } from 'node:crypto'

/**
 * Names of the Web Cryptography API that the declarations of @peculiar/x509 expect as globals, as a browser has
 * them. Node declares them inside `webcrypto`; the DOM library would bring a thousand other names.
 */
declare global {
  type AlgorithmIdentifier = webcrypto.AlgorithmIdentifier
  type Algorithm = webcrypto.Algorithm
  type BufferSource = webcrypto.BufferSource
  type Crypto = webcrypto.Crypto
  type CryptoKey = webcrypto.CryptoKey
  type CryptoKeyPair = webcrypto.CryptoKeyPair
  type EcKeyGenParams = webcrypto.EcKeyGenParams
  type EcKeyImportParams = webcrypto.EcKeyImportParams
  type EcdsaParams = webcrypto.EcdsaParams
  type KeyUsage = webcrypto.KeyUsage
  type RsaHashedImportParams = webcrypto.RsaHashedImportParams
  type RsaHashedKeyGenParams = webcrypto.RsaHashedKeyGenParams
}
