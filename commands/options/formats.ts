import type { InputFormat } from '../../src/formats/items.ts'

/** Names for `--in-format`; a record, so that a format cannot be forgotten here. */
const FORMATS: Readonly<Record<InputFormat, true>> = {
  pem: true,
  'der-certificate': true,
  'der-certificate-request': true,
  'der-crl': true,
  'der-key': true,
  'der-public-key': true,
  pkcs7: true,
  pkcs12: true,
  jks: true,
  jceks: true,
  openssh: true,
}

/** Everything that can be read, by the name that a person may give. */
export const INPUT_FORMATS = Object.keys(FORMATS) as InputFormat[]
