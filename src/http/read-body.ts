import type { IncomingMessage } from 'node:http'
import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { Arrived } from './entrance.ts'

/**
 * Reads the body of a request once. Past the limit the rest is read and thrown away, so that the caller, who is still sending,
 * gets to read the answer.
 *
 * @param arrived told of each part
 * @throws {CertmanError} `limit.exceeded`, `input.invalid` when it was cut off, `format.unsupported` when it is compressed,
 *   `server.busy` when nobody wants it any more
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  arrived: Arrived = () => true,
): Promise<Uint8Array> {
  const { headers } = request
  if (!bringsBody(request)) return EMPTY
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new CertmanError(
      'format.unsupported',
      `the body has the content encoding ${JSON.stringify(encoding)}`,
      { hint: 'send it uncompressed' },
    )
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  return collect(request, limit, arrived)
}

const EMPTY = new Uint8Array()

/** Whether a request says that it has a body (RFC 9112 section 6.3). */
export const bringsBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

const tooLarge = (limit: number): CertmanError =>
  new CertmanError('limit.exceeded', `the body is larger than ${limit} bytes`)

function collect(request: IncomingMessage, limit: number, arrived: Arrived): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    let length = 0
    const take = (part: Uint8Array): void => {
      length += part.length
      if (length <= limit && arrived(part.length)) return void parts.push(part)
      parts.length = 0
      request.off('data', take)
      request.resume()
      reject(length > limit ? tooLarge(limit) : new CertmanError('server.busy', 'the body came too late'))
    }
    // every request closes in the end: an error is made for one that is not complete
    const cut = (): void => {
      if (!request.complete)
        reject(new CertmanError('input.invalid', `the body was cut off after ${length} bytes`))
    }
    const end = (): void => {
      // the request lasts until its answer is taken, and a listener would keep the body as long
      request.off('data', take).off('end', end).off('error', cut).off('close', cut)
      resolve(parts.length === 1 ? parts[0]! : concat(parts))
    }
    request.on('data', take)
    // each comes once: `once` would only make more objects
    request.on('end', end)
    request.on('error', cut)
    request.on('close', cut)
  })
}
