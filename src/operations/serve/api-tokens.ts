import { sha256HexOfText } from '../../crypto/digest.ts'
import type { ApiKeyRecord, SharedKeyRecord } from '../../settings/user-records.ts'

type Random = (length: number) => Uint8Array

/** A token as IIS Administration makes them: 8 bytes of salt and 32 of key, 54 characters of base64url. */
export const makeToken = (random: Random): string => Buffer.from(random(40)).toString('base64url')

/** What is kept of a token: 320 random bits need no slow hash. */
export const tokenHash = (token: string): string => sha256HexOfText(token)

/** A new API key and its token, which is told once. */
export function makeApiKey(
  order: { readonly purpose: string; readonly expiresAt: string | null },
  { random, now }: { readonly random: Random; readonly now: Date },
): { readonly record: ApiKeyRecord; readonly token: string } {
  const token = makeToken(random)
  const at = now.toISOString()
  const id = Buffer.from(random(12)).toString('hex')
  return { token, record: { id, ...order, createdAt: at, modifiedAt: at, hash: tokenHash(token) } }
}

/** Keys for shared access signatures: 64 random bytes each, base64. */
export const makeSharedKey = (id: string, random: Random): SharedKeyRecord => ({
  id,
  primary: Buffer.from(random(64)).toString('base64'),
  secondary: Buffer.from(random(64)).toString('base64'),
})

/** Whether a key can be used at `now`. */
export const isLive = ({ expiresAt }: Pick<ApiKeyRecord, 'expiresAt'>, now: Date): boolean =>
  expiresAt === null || now < new Date(expiresAt)
