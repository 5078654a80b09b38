import { isObject, jsonOf, type Json } from '../base/json.ts'

/** What stands in place of a secret. */
const MASKED = '[masked]'

const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|www-authenticate|.*(?:token|secret|password|signature|api-?key|subscription-key|functions-key).*)$/i

const SECRET_MEMBER =
  /pass(?:word|phrase|code)|secret|token|pfx|pkcs-?12|private.?key|credential|authori[sz]ation|signature(?!_?algorithm)|cookie|session|assertion|contents?$|^(?:data|key|pwd|sig|sign|jwt|blob)$/i

/** Whether a member of a JSON body, a form field or a query parameter of that name is a secret. */
const isSecretName = (name: string): boolean => SECRET_MEMBER.test(name)

/** A header as it may be shown; of `Authorization` the scheme stays. */
export function maskHeader(name: string, value: string, more: ReadonlySet<string>): string {
  if (!SECRET_HEADER.test(name) && !more.has(name.toLowerCase())) return value
  const scheme = /^(?:proxy-)?authorization$/i.test(name)
    ? /^(Basic|Bearer|Digest|SharedAccessSignature|Negotiate) /i.exec(value)?.[1]
    : undefined
  return scheme === undefined ? MASKED : `${scheme} ${MASKED}`
}

/** Shorter values stand in too many words. */
const SHORTEST = 6

/** What a call sent. */
export interface SentParts {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** JSON pointers of the body and names of headers that are secrets beside those that always are. */
  readonly masked: readonly string[]
}

/** A text of a server without the secrets that were sent to it: pages about errors may repeat them. */
export function maskSent(text: string, { headers, body, masked }: SentParts): string {
  const ofHeaders = Object.entries(headers)
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => secretsOf(value))
  const sent = body === undefined ? undefined : jsonOf(new TextDecoder().decode(body))
  const ofBody = sent === undefined ? [] : hiddenIn(sent, maskJson(sent, new Set(masked)))
  const secrets = [...ofHeaders, ...ofBody].filter((secret) => secret.length >= SHORTEST)
  if (secrets.length === 0) return text
  const mask = (words: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, MASKED), words)
  try {
    // value by value: JSON may escape what a secret holds, and one may be the name of a member
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'string' ? mask(value) : value,
    )
  } catch {
    return mask(text)
  }
}

/** What of a header's value is secret: all, what follows a scheme, and the password of RFC 7617. */
function secretsOf(value: string): readonly string[] {
  const own = value.replace(/^[A-Za-z]+ /, '')
  const basic = /^Basic (.*)/i.exec(value)?.[1]
  const password =
    basic &&
    Buffer.from(basic, 'base64')
      .toString()
      .replace(/^[^:]*:/, '')
  return [value, own, ...(password ? [password] : [])]
}

/** The texts that `maskJson` has taken away, as they are and as JSON writes them. */
function hiddenIn(value: Json | undefined, shown: Json | undefined): readonly string[] {
  if (typeof value === 'string') return shown === MASKED ? [value, JSON.stringify(value).slice(1, -1)] : []
  if (typeof value !== 'object' || value === null) return []
  const maskOf = (name: string): Json | undefined =>
    shown === MASKED ? MASKED : (shown as Readonly<Record<string, Json>>)[name]
  return Object.entries(value).flatMap(([name, inner]) => hiddenIn(inner, maskOf(name)))
}

/**
 * A JSON body with every secret replaced.
 *
 * @param pointers JSON pointers (RFC 6901) of more secrets
 */
export function maskJson(value: Json, pointers: ReadonlySet<string>, at = ''): Json {
  if (pointers.has(at)) return MASKED
  if (Array.isArray(value))
    return value.map((each: Json, index) => maskJson(each, pointers, `${at}/${index}`))
  if (typeof value === 'string') return value.includes('PRIVATE KEY-----') ? MASKED : value
  if (!isObject(value)) return value
  const shown: Record<string, Json | undefined> = {}
  for (const [name, inner] of Object.entries(value)) {
    const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const mask = isSecretName(name) ? maskSecret : maskJson
    shown[name] = inner === undefined ? undefined : mask(inner, pointers, place)
  }
  return shown
}

/** What a member of a secret name holds: where there are names, these tell what is secret. */
function maskSecret(value: Json, pointers: ReadonlySet<string>, at: string): Json {
  if (Array.isArray(value))
    return value.map((each: Json, index) => maskSecret(each, pointers, `${at}/${index}`))
  const isPlain = value === null || value === '' || typeof value === 'boolean' || isObject(value)
  return isPlain ? maskJson(value, pointers, at) : MASKED
}

/** A query or form (`a=1&b=2`) with the values of secrets replaced. */
export function maskForm(text: string, more: ReadonlySet<string> = new Set()): string {
  return text
    .split('&')
    .map((pair) => {
      const name = pair.split('=', 1)[0]!
      // `includeHasPrivateKey=true` is a wish
      const isWish = /=(?:true|false)?$/i.test(pair) && !more.has(name.toLowerCase())
      return pair !== name && !isWish && (isSecretName(name) || more.has(name.toLowerCase()))
        ? `${name}=${MASKED}`
        : pair
    })
    .join('&')
}
