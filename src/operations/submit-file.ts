import { notesOnRequest } from '../authority/request.ts'
import { CertmanError } from '../base/errors.ts'
import { commandOn, shellWord } from '../base/text.ts'
import type { Item } from '../formats/items.ts'
import { keepsKeys } from '../store/abilities.ts'
import type { Outcome, Store } from '../store/store.ts'
import { describeCsr } from '../x509/csr.ts'
import { describePublicKey } from '../x509/public-key.ts'
import type { ChainIo } from './attach-files.ts'
import { keyAtRest } from './key-at-rest.ts'
import { namesIn, type RequestReport, type RequestWish } from './make-request.ts'
import { readAll } from './read-all.ts'
import { quoted } from './read-sources.ts'

/** A file with exactly one CSR; a private key in it that belongs to the CSR is taken along. */
export interface SubmitRequest extends Pick<
  RequestWish,
  'name' | 'tags' | 'profile' | 'authority' | 'requestedBy' | 'keyPassword' | 'dryRun'
> {
  /** `-` is standard input. */
  readonly path: string
  readonly cwd: string
}

/**
 * Puts the CSR of a file (PEM or DER) into the queue.
 *
 * @throws {CertmanError} what reading throws; `input.empty` when there is no CSR, `input.invalid` when there are several
 */
export async function submitFile(
  store: Store,
  request: SubmitRequest,
  { password, tools }: ChainIo,
): Promise<RequestReport> {
  const { path, cwd, keyPassword, dryRun } = request
  const items = await readAll({ paths: [path], cwd, password, tools })
  const csr = oneCsr(items, path)
  // where the store keeps no keys, it stays in the file that it came from
  const key = keepsKeys(store) ? keyOf(items, csr) : undefined
  const source = { how: 'imported', from: path } as const
  const keeping = { password: keyPassword, dryRun, random: tools.ambient.random }
  const submitted = {
    csr,
    source,
    ...(key && { key: { spki: key.spki, source, ...keyAtRest(key.pkcs8, keeping) } }),
    ...namesIn(request),
  } as const
  const outcomes = await store.submit(submitted, { dryRun: dryRun === true })
  return { csr, outcomes, notes: [...otherNameNotes(outcomes, request), ...notesOnRequest(csr)] }
}

/** What is in the queue already stays as it is, and does not take the name that it is given now. */
function otherNameNotes(outcomes: readonly Outcome[], { name }: SubmitRequest): readonly string[] {
  const [{ id, outcome, row } = {}] = outcomes
  if (name === undefined || outcome !== 'unchanged' || row?.['name'] === name) return []
  const renaming = commandOn('edit', `requests/${id}`, `--name ${shellWord(name)}`)
  return [`the request is not named ${JSON.stringify(name)}, it was there before: ${renaming}`]
}

function oneCsr(items: readonly Item[], path: string): Uint8Array {
  const found = items.filter((item) => item.type === 'certificate-request')
  const [first, second] = found
  if (first && !second) return first.der
  const where = path === '-' ? 'standard input' : quoted(path)
  if (!first) throw new CertmanError('input.empty', `there is no certificate request in ${where}`)
  throw new CertmanError('input.invalid', `there are ${found.length} certificate requests in ${where}`, {
    hint: 'put each into a file of its own, or take all of them with: certman import FILE',
  })
}

type KeyItem = Extract<Item, { type: 'private-key' }>

function keyOf(items: readonly Item[], csr: Uint8Array): KeyItem | undefined {
  const { spkiHash } = describeCsr(csr).publicKey
  return items.find(
    (item): item is KeyItem =>
      item.type === 'private-key' && describePublicKey(item.spki).spkiHash === spkiHash,
  )
}
