import type { Answer, Call } from '../../http/exchange.ts'
import { writePem } from '../../formats/pem.ts'
import { requireAbility } from '../../store/abilities.ts'
import type { JsonObject } from '../../base/json.ts'
import { textMember } from '../members.ts'
import { namedOf, subjectMembers } from './map.ts'
import {
  allResources,
  keyOf,
  nameOf,
  resourceOf,
  resourcesOf,
  type KeyEntry,
  type Resource,
} from './server-book.ts'
import { json, link, type Desk } from './server-desk.ts'
import { contentAgain, requestFor, signerOf } from './server-make.ts'
import { certificatePath, CSR_REL, type WireCertificate } from './wire.ts'

/** An item of a list of certificates. */
function itemOf(call: Call, key: number, { id, row }: Resource): WireCertificate {
  return {
    id,
    name: nameOf(row),
    common_name: subjectMembers(namedOf(row)).common_name,
    valid_from: textMember(row, 'notBefore') ?? '',
    valid_thru: textMember(row, 'notAfter') ?? '',
    _links: [link(call, certificatePath(key, id), 'self')],
  }
}

/** `GET /rest/certificates`. */
export async function listAll({ call, access }: Desk): Promise<Answer> {
  const items: WireCertificate[] = []
  for await (const each of allResources(access)) items.push(itemOf(call, each.key, each))
  return json(200, items)
}

/** `GET /rest/privatekeys/<ID>/certificates`. */
export async function listOfKey({ call, access }: Desk): Promise<Answer> {
  const key = await keyOf(access, call.params['key'])
  const items = (await resourcesOf(key)).map((each) => itemOf(call, key.number, each))
  return json(200, items)
}

/** `GET /rest/privatekeys/<PK>/certificates/<CERT>`. */
export async function show({ call, access }: Desk): Promise<Answer> {
  const key = await keyOf(access, call.params['key'])
  return json(200, await detailOf(call, key, await resourceOf(key, call.params['id'])))
}

/** The single resource: all that the documents show, and its id. */
export async function detailOf(call: Call, { number }: KeyEntry, resource: Resource): Promise<JsonObject> {
  const { id, row } = resource
  const path = certificatePath(number, id)
  return {
    id,
    name: nameOf(row),
    ...subjectMembers(namedOf(row)),
    ssl_certificate: await chainText(resource),
    valid_from: textMember(row, 'notBefore') ?? '',
    valid_thru: textMember(row, 'notAfter') ?? '',
    _links: [link(call, path, 'self'), link(call, `${path}/csr`, CSR_REL)],
  }
}

/** The certificate and the issuers that the store has; nothing where it gives out no bytes. */
async function chainText({ served: { store }, row }: Resource): Promise<string> {
  if (!store.can.exportCertificate) return ''
  const [leaf, issuers] = await Promise.all([store.certificate(row.id), store.issuersOf(row.id)])
  return [leaf, ...issuers].map(({ der }) => writePem('CERTIFICATE', der)).join('')
}

/** `GET …/csr`: the names of the certificate, signed by its key at this moment. */
export async function showRequest({ call, access }: Desk): Promise<Answer> {
  const key = await keyOf(access, call.params['key'])
  const resource = await resourceOf(key, call.params['id'])
  const { store } = resource.served
  requireAbility(store, 'exportCertificate')
  const { der } = await store.certificate(resource.row.id)
  const csr = writePem('CERTIFICATE REQUEST', requestFor(contentAgain(der), await signerOf(key)))
  const plain = plainType(call)
  if (plain !== undefined) return { status: 200, headers: { 'Content-Type': plain }, body: csr }
  const path = `${certificatePath(key.number, resource.id)}/csr`
  return json(200, { csr, _links: [link(call, path, 'self')] })
}

/** The media type of a caller who wants the PEM alone. */
function plainType(call: Call): string | undefined {
  const accept = (call.header('accept') ?? '').toLowerCase()
  if (/\bjson\b|\*\/\*/.test(accept)) return undefined
  if (/\bapplication\/pkcs10\b/.test(accept)) return 'application/pkcs10'
  return /\btext\/(?:plain|\*)/.test(accept) ? 'text/plain; charset=utf-8' : undefined
}
