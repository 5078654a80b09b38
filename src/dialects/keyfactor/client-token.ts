import { CertmanError } from '../../base/errors.ts'
import type { RemoteSetup } from '../dialect.ts'
import { replyError, strangeAnswer } from '../reply-errors.ts'
import { basicHeader } from '../vendor-link.ts'
import { textMember, VENDOR } from './wire.ts'

const ENDPOINT = `${VENDOR} (token endpoint)`

/**
 * A token by the client-credentials grant (RFC 6749 section 4.4), from the store's `token-url`; id and secret go as HTTP
 * Basic, form-encoded before (section 2.3.1).
 *
 * @throws {CertmanError} `settings.invalid` without a token URL, `auth.failed`
 */
export async function bearerToken({ name, credential, options, reach }: RemoteSetup): Promise<string> {
  const text = options['token-url']
  if (text === undefined || !URL.canParse(text))
    throw new CertmanError('settings.invalid', `the store ${JSON.stringify(name)} has no token URL`, {
      hint: 'name it: certman store add … --set token-url=https://idp.example/oauth2/token',
    })
  const url = new URL(text)
  const http = reach(url)
  try {
    const secret = await credential!.secret()
    const basic = secret.useText((password) =>
      basicHeader(formEncoded(credential!.user ?? ''), formEncoded(password)),
    )
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    if (options['scope']) form.set('scope', options['scope'])
    if (options['audience']) form.set('audience', options['audience'])
    const reply = await http.send({
      method: 'POST',
      path: url.href,
      headers: {
        Authorization: basic,
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body: new TextEncoder().encode(form.toString()),
      repeatable: true,
    })
    if (reply.status !== 200)
      throw replyError(reply, {
        vendor: ENDPOINT,
        store: name,
        codes: { 400: 'auth.failed', 401: 'auth.failed' },
      })
    const token = textMember(reply.json(), 'access_token')
    if (token) return token
    throw strangeAnswer(ENDPOINT, reply, 'no access_token')
  } finally {
    await http.close()
  }
}

const formEncoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')
