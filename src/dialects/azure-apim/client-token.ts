import { CertmanError } from '../../base/errors.ts'
import type { RemoteSetup } from '../dialect.ts'
import { endOfToken, readSharedAccess, sharedAccess } from '../shared-access.ts'

/** How long a token lives that is made from the access key; another one is made for each call. */
const LIFE_MS = 60 * 60_000

/**
 * The `Authorization` header. The secret of `sas` is the access key, or a ready token in either form, with or without its
 * scheme.
 *
 * @throws {CertmanError} `auth.failed` for a token that has run out; `input.invalid` for an id that is none
 */
export async function authorization(setup: RemoteSetup): Promise<Record<string, string>> {
  const { credential } = setup
  if (!credential) return {}
  const secret = await credential.secret()
  return secret.useText((text) => {
    const value = text.trim()
    if (credential.form === 'bearer') return { Authorization: `Bearer ${value.replace(/^Bearer\s+/i, '')}` }
    return { Authorization: readyToken(setup, value) ?? madeToken(setup, value) }
  })
}

function readyToken({ name, ambient }: RemoteSetup, text: string): string | undefined {
  const isTagged = /^SharedAccessSignature\s/i.test(text)
  const token = text.replace(/^SharedAccessSignature\s+/i, '')
  const parts = readSharedAccess(token)
  if (!parts && !isTagged) return undefined
  if (parts && endOfToken(parts) <= ambient.now().getTime())
    throw new CertmanError(
      'auth.failed',
      `the token of the store ${JSON.stringify(name)} ran out at ${parts.expiry}`,
      { hint: 'get a new one, or give the access key itself: certman makes its own tokens from that' },
    )
  return `SharedAccessSignature ${token}`
}

function madeToken({ credential, ambient }: RemoteSetup, key: string): string {
  const expires = new Date(ambient.now().getTime() + LIFE_MS)
  return sharedAccess({ id: credential?.user ?? 'integration', key, expires, form: 'long' }).token
}
