import { readFile } from 'node:fs/promises'
import * as tls from 'node:tls'
import type { Ambient } from '../base/ambient.ts'
import { readItems } from '../formats/read-items.ts'

/** Node 22.15 and later tell all that they trust, whatever flags and variables say. */
const told = tls as { readonly getCACertificates?: (type: 'default') => readonly string[] }

/**
 * DER of the authorities that Node trusts, as every TLS connection of certman does: Mozilla's list, which comes with
 * it, and the file of `NODE_EXTRA_CA_CERTS`. That this file cannot be read is no error, as it is none to Node.
 */
export async function systemAnchors({ env }: Ambient): Promise<readonly Uint8Array[]> {
  if (told.getCACertificates) return told.getCACertificates('default').map(derOf)
  const extra = env['NODE_EXTRA_CA_CERTS']
  const more = extra === undefined || extra === '' ? [] : await certificatesIn(extra).catch(() => [])
  return [...tls.rootCertificates.map(derOf), ...more]
}

const derOf = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))

async function certificatesIn(file: string): Promise<readonly Uint8Array[]> {
  const password = (): Promise<undefined> => Promise.resolve(undefined)
  const { items } = await readItems(new Uint8Array(await readFile(file)), { file, password })
  return items.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
}
