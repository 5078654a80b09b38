import { existsSync } from 'node:fs'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomSerialNumber } from '../../authority/serial-number.ts'
import type { Ambient } from '../../base/ambient.ts'
import { toHex } from '../../base/bytes.ts'
import { CertmanError } from '../../base/errors.ts'
import { DAY } from '../../base/instant.ts'
import { generateKey } from '../../crypto/generate-key.ts'
import { readPem, writePem } from '../../formats/pem.ts'
import type { TlsFiles } from '../../http/serve-options.ts'
import { codeOf, isMissing } from '../../repository/directory/files.ts'
import { makeFolders } from '../../repository/folders.ts'
import { describeCertificate } from '../../x509/certificate.ts'
import { writeServerCertificate } from '../../x509/write-server-certificate.ts'

/** Where the server keeps its own certificate, and what has to be in it. */
export interface OwnCertificate {
  /** Absolute path of a PEM file with certificate and key. */
  readonly file: string
  /** `dns:…`, `ip:…` */
  readonly names: readonly string[]
  readonly ambient: Pick<Ambient, 'now' | 'random'>
}

/** What browsers took last (CA/Browser Forum, ballot SC31: 398 days at most). */
const DAYS = 397

/**
 * The self-signed certificate of the server: made when there is none, when names are missing in it, and in the last
 * third of its life.
 *
 * @throws {CertmanError} `file.not-writable`
 */
export async function ownCertificate(own: OwnCertificate): Promise<TlsFiles> {
  const bytes = await readFile(own.file).catch((error: unknown) =>
    isMissing(error) ? undefined : Buffer.alloc(0),
  )
  const known = bytes && readOwn(bytes)
  if (known && isFine(known.der, own)) return known.files
  // what was reached by an old name stays reached by it
  const names = [...new Set([...own.names, ...(known ? namesIn(known.der) : [])])]
  const made = await makeOwn({ ...own, names })
  // another server that begins at the same moment may be the first
  return (await writeOwn(own, made, bytes === undefined)) ? made : ownCertificate(own)
}

const namesIn = (der: Uint8Array): readonly string[] =>
  (describeCertificate(der).subjectAltName ?? []).map(({ type, value }) => `${type}:${String(value)}`)

function readOwn(bytes: Uint8Array): { readonly der: Uint8Array; readonly files: TlsFiles } | undefined {
  const blocks = readPem(bytes).blocks
  const certificate = blocks.find(({ label }) => label === 'CERTIFICATE')
  const key = blocks.find(({ label }) => label === 'PRIVATE KEY')
  if (!certificate || !key) return undefined
  const certificates = writePem('CERTIFICATE', certificate.der)
  return { der: certificate.der, files: { certificates, key: writePem('PRIVATE KEY', key.der) } }
}

function isFine(der: Uint8Array, { names, ambient }: OwnCertificate): boolean {
  const { notBefore, notAfter } = describeCertificate(der)
  const [start, end, now] = [Date.parse(notBefore), Date.parse(notAfter), ambient.now().getTime()]
  const has = new Set(namesIn(der).map((name) => name.toLowerCase()))
  return now >= start && now < end - (end - start) / 3 && names.every((name) => has.has(name.toLowerCase()))
}

async function makeOwn({ names, ambient }: OwnCertificate): Promise<TlsFiles> {
  const key = await generateKey('ec-p256')
  const now = ambient.now().getTime()
  const der = writeServerCertificate({
    key,
    names,
    serialNumber: randomSerialNumber(ambient.random),
    // clocks of clients may be behind
    notBefore: new Date(now - DAY / 24),
    notAfter: new Date(now + DAYS * DAY),
  })
  return {
    certificates: writePem('CERTIFICATE', der),
    key: key.pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes)),
  }
}

/** Writes the file whole. @returns false when there was to be none, and now there is one */
async function writeOwn(
  { file, ambient }: OwnCertificate,
  { certificates, key }: TlsFiles,
  isFirst: boolean,
): Promise<boolean> {
  const draft = `${file}.${toHex(ambient.random(6))}.new`
  try {
    makeFolders(dirname(file), 0o700)
    await writeDraft(draft, `${certificates}${key}`)
    const outcome = isFirst ? await linked(draft, file) : 'impossible'
    if (outcome === 'impossible') await rename(draft, file)
    return outcome !== 'taken'
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new CertmanError('file.not-writable', `cannot write the server's certificate ${file}: ${why}`, {
      cause,
    })
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

async function writeDraft(path: string, text: string): Promise<void> {
  const draft = await open(path, 'wx', 0o600)
  try {
    await draft.writeFile(text)
    await draft.sync()
  } finally {
    await draft.close()
  }
}

/** A link, unlike renaming, replaces nothing. Not every file system has them; and a symbolic one to nowhere is in the way. */
const linked = (from: string, to: string): Promise<'done' | 'taken' | 'impossible'> =>
  link(from, to).then(
    () => 'done',
    (error: unknown) => (codeOf(error) === 'EEXIST' && existsSync(to) ? 'taken' : 'impossible'),
  )
