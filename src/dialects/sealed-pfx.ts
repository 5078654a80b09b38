import { toBase64 } from '../base/bytes.ts'
import { Secret } from '../base/secret.ts'
import { writePkcs12, type Pkcs12Content } from '../formats/pkcs12/write.ts'
import type { NewCertificate, NewKey } from '../store/store.ts'

/** A certificate on its way to a vendor. */
export interface SealedLoad {
  readonly certificate: Pick<NewCertificate, 'der' | 'friendlyName'>
  readonly key: NewKey
  /** DER, the nearest first. */
  readonly chain: readonly Uint8Array[]
}

/** A PFX under a password that is made for it and travels along: nobody needs it again. */
export function sealedPfx(
  { certificate: { der, friendlyName }, key, chain }: SealedLoad,
  random: (length: number) => Uint8Array,
  form: Pick<Pkcs12Content, 'target' | 'keysFirst'>,
): { readonly pfx: string; readonly password: string } {
  const password = toBase64(random(24))
  const named = friendlyName === undefined ? {} : { friendlyName }
  const entry = { key: key.pkcs8, certificate: der, chain, ...named }
  const pfx = writePkcs12({ entries: [entry], password: new Secret(password), ...form }, random)
  return { pfx: toBase64(pfx), password }
}
