const PURE = /^(?:ed25519|ed448|ml-dsa-\d+|slh-dsa-[a-z0-9-]+)$/

/**
 * Whether keys of this type sign the message itself, without a digest of its own: the AlgorithmIdentifier of their signatures
 * is that of the key (RFC 8410, 9881, 9909).
 */
export const isPure = (keyType: string): boolean => PURE.test(keyType)
