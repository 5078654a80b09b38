import { CertmanError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { shellWord } from '../../base/text.ts'
import { writePem } from '../../formats/pem.ts'
import { newId } from './client-keys.ts'
import type { Link } from './client-link.ts'
import { holdItem, type Held } from './client-read.ts'
import { subjectMembers, type Named } from './map.ts'
import { certificatePath, VENDOR } from './wire.ts'

/** What a new certificate resource is told. */
export interface NewResource {
  readonly name: string
  readonly subject: Named
  /** Leaf first; absent: the server makes a self-signed one. */
  readonly certificates?: readonly Uint8Array[]
}

/** PEM of a chain. */
const pemOf = (certificates: readonly Uint8Array[]): string =>
  certificates.map((der) => writePem('CERTIFICATE', der)).join('')

/** The body of a creation: all eight members always, since the documents call only the last one optional. */
function newResource({ name, subject, certificates }: NewResource): JsonObject {
  const members = subjectMembers(subject)
  const common = members.common_name === '' ? name : members.common_name
  return {
    name,
    ...members,
    common_name: common,
    ...(certificates && { ssl_certificate: pemOf(certificates) }),
  }
}

/** `POST …/certificates`, and what the server has of it then. Never repeated: it would make a second one. */
export async function sendResource(link: Link, keyId: string, resource: NewResource): Promise<Held> {
  const thing = `certificate ${JSON.stringify(resource.name)}`
  const body = newResource(resource)
  const reply = await link.call({ method: 'POST', path: certificatePath(keyId), body, thing })
  return readBack(link, keyId, newId(reply))
}

/** `PUT …/certificates/ID` with a certificate: never without one, which would make a self-signed one. */
export async function replaceCertificate(
  link: Link,
  { id, keyId }: Pick<Held, 'id' | 'keyId'>,
  certificates: readonly Uint8Array[],
): Promise<Held> {
  const body = { ssl_certificate: pemOf(certificates) }
  const thing = `certificate ${JSON.stringify(id)}`
  await link.call({ method: 'PUT', path: certificatePath(keyId, id), body, thing, repeatable: true })
  return readBack(link, keyId, id)
}

async function readBack(link: Link, keyId: string, id: string): Promise<Held> {
  const held = await holdItem(link, { id, keyId, wire: {} })
  if (held) return held
  throw new CertmanError('remote.unexpected', `${VENDOR} took certificate ${id} and does not give it back`, {
    hint: `see what became of it: certman -s ${shellWord(link.setup.name)} list`,
  })
}
