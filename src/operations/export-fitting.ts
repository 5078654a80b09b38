import { CertmanError } from '../base/errors.ts'
import { encodingOf } from './encode-export.ts'
import { keyStoreName } from './export-formats.ts'
import type { ExportRequest } from './export-records.ts'

/**
 * Refuses what the form has no room for: whoever asked for it must not take the file for one that has it.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function requireFitting(request: ExportRequest): void {
  const { format, withKey, target, friendlyName } = request
  const encoding = encodingOf(request)
  const isKeyStore = keyStoreName(format) !== undefined
  const file = format === 'pem' && encoding === 'der' ? encoding : format
  const holdsKey = isKeyStore || format === 'key' || file === 'pem'
  if (withKey === true && !holdsKey)
    throw misfit('with-key', `a file of the form ${file} holds no private key`, {
      hint: 'one file for all: --format pem --chain --with-key, or --format p12; a key alone: --format key',
    })
  if (target !== undefined && !isWrittenFor(format, target))
    throw misfit('for', `only PKCS#12 files are written for a program, and the form is ${format}`, {
      hint: `give both: --format p12 --for ${target}`,
    })
  if (friendlyName !== undefined && !isKeyStore)
    throw misfit('friendly-name', `a file of the form ${format} has no friendly name`, {
      hint: 'leave it out, or write p12, pfx or jks',
    })
  if (encoding === 'pem' && isKeyStore)
    throw misfit('encoding', `a file of the form ${format} is never PEM`, {
      hint: 'leave --encoding out; --format pem --chain --with-key has the same in PEM',
    })
}

/** Every Java reads its own key store. */
const isWrittenFor = (format: ExportRequest['format'], target: ExportRequest['target']): boolean =>
  format === 'p12' || format === 'pfx' || (format === 'jks' && target === 'java8')

const misfit = (field: string, message: string, { hint }: { readonly hint: string }): CertmanError =>
  new CertmanError('input.invalid', message, { field, hint })
