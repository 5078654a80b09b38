import { writePem } from '../../formats/pem.ts'
import { generateKey } from '../../crypto/generate-key.ts'
import type { Answer } from '../../http/exchange.ts'
import { keepsKeys } from '../../store/abilities.ts'
import type { ServedStore } from '../house.ts'
import { badRequest, WireFault } from './errors.ts'
import { allKeys, isNameTaken, keyNumber, keyOf, recordsOf, type KeyEntry } from './server-book.ts'
import { json, link, type Desk } from './server-desk.ts'
import { keyIn, objectBody, requiredName } from './server-input.ts'
import type { ServerOptions } from './server-options.ts'
import { certificatePath, keyPath, type WireKey } from './wire.ts'

/** `GET /rest`. */
export async function root({ call }: Desk): Promise<Answer> {
  const links = ['privatekeys', 'certificates'].map((rel) => link(call, `/${rel}`, rel))
  return json(200, { _links: links })
}

function itemOf({ call }: Pick<Desk, 'call'>, { number, name }: KeyEntry): WireKey {
  return { id: number, name, _links: [link(call, keyPath(number), 'self')] }
}

/** `GET /rest/privatekeys`. */
export async function listKeys(desk: Desk): Promise<Answer> {
  const items: WireKey[] = []
  for await (const entry of allKeys(desk.access)) items.push(itemOf(desk, entry))
  return json(200, items)
}

/** `GET /rest/privatekeys/<ID>`: the private key in clear, for whoever may export it. */
export async function showKey(desk: Desk, { givesKeys }: ServerOptions): Promise<Answer> {
  const { call, access } = desk
  const entry = await keyOf(access, call.params['key'])
  const { number, name } = entry
  if (!givesKeys) throw new WireFault(403, 'This server gives out no private keys.')
  const links = [link(call, keyPath(number), 'self'), link(call, certificatePath(number), 'certificates')]
  return json(200, { id: number, name, key: await keyText(entry), _links: links })
}

async function keyText({ served, id, row }: KeyEntry): Promise<string> {
  const { can } = served.store
  // a store that lists no keys may give them all the same
  if (!can.exportKey || (!row && can.list.includes('key')))
    throw new WireFault(403, `The store ${JSON.stringify(served.name)} gives out no private keys.`)
  if (row?.['exportable'] === false) throw new WireFault(403, 'The private key is marked not exportable.')
  const { pkcs8, encrypted } = await served.store.key(id)
  return pkcs8.use((der) => writePem(encrypted ? 'ENCRYPTED PRIVATE KEY' : 'PRIVATE KEY', der))
}

/** `POST /rest/privatekeys`: without `key` a new one is made. */
export async function createKey(desk: Desk, options: ServerOptions): Promise<Answer> {
  const served = storeForKeys(desk, options)
  const body = await objectBody(desk.call)
  const name = requiredName(body)
  const sent = await keyIn(body)
  const { pkcs8, spki } = sent ?? (await generateKey(options.keyType))
  const source = { how: sent ? 'imported' : 'generated', from: name } as const
  const id = await desk.inTurn(async () => {
    if (await isNameTaken(desk.access, name)) throw badRequest(`The name ${JSON.stringify(name)} is taken.`)
    const batch = { certificates: [], keys: [{ pkcs8, spki, encrypted: false, source }] }
    const outcomes = await served.store.import(batch)
    const made = outcomes.find(({ kind }) => kind === 'key')
    if (made?.outcome === 'changed') return made.id
    throw badRequest('This private key exists already.')
  })
  const number = keyNumber(served, id)
  const address = link(desk.call, keyPath(number), 'self')
  return json(201, { id: number, name, _links: [address] }, { Location: address.href })
}

/** The store that takes new keys: the one that was set, else the first that can. */
function storeForKeys({ access }: Desk, { store }: ServerOptions): ServedStore {
  const open = access.stores.filter(({ name }) => store === undefined || name === store)
  const able = open.filter((served) => served.store.can.import && keepsKeys(served.store))
  const found = able.find(({ claims }) => claims.includes('import'))
  if (found) return found
  if (able.length > 0) throw new WireFault(403, 'You may not create private keys.')
  throw badRequest('No store here takes private keys.')
}

/** `DELETE /rest/privatekeys/<ID>`: with all its certificates. */
export async function deleteKey({ call, access, inTurn }: Desk): Promise<Answer> {
  return inTurn(async () => {
    const entry = await keyOf(access, call.params['key'])
    const { served, id, row } = entry
    const targets = (await recordsOf(entry)).map((each) => ({ kind: 'certificate', id: each.id }) as const)
    const key = row ? [{ kind: 'key', id } as const] : []
    await served.store.delete([...targets, ...key])
    return { status: 204 }
  })
}
