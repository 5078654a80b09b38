import type { InputFormat } from '../../src/formats/items.ts'
import { choice, flag } from '../declare.ts'

/** A name that is taken moves. */
export const REPLACE_OPTION = {
  replace: flag('take a name that is taken: the old certificate becomes superseded'),
} as const

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

/** What a file is, where it does not tell itself. */
export const IN_FORMAT_OPTION = {
  inFormat: choice(INPUT_FORMATS, 'with --file: what it is, where its content does not tell', {
    value: 'FORMAT',
    rare: true,
  }),
} as const
