import type { NameAttribute } from '../../domain/facts.ts'
import { faultsOf, must, should, type LintRule } from './rule.ts'
import type { LintSubject } from './subject.ts'

/** Upper bounds of attribute values in characters (RFC 5280 appendix A.1; countries have exactly two). */
const UPPER_BOUNDS: Readonly<Record<string, number>> = {
  '2.5.4.3': 64,
  '2.5.4.4': 32_768,
  '2.5.4.5': 64,
  '2.5.4.7': 128,
  '2.5.4.8': 128,
  '2.5.4.10': 64,
  '2.5.4.11': 64,
  '2.5.4.12': 64,
  '2.5.4.41': 32_768,
  '2.5.4.42': 32_768,
  '2.5.4.43': 32_768,
  '2.5.4.44': 32_768,
  '2.5.4.65': 128,
  '1.2.840.113549.1.9.1': 255,
}

const COUNTRY = '2.5.4.6'
/** countryName, serialNumber, dnQualifier (RFC 5280 appendix A.1). */
const PRINTABLE_ONLY = [COUNTRY, '2.5.4.5', '2.5.4.46']
/** domainComponent, emailAddress (RFC 5280 appendix A.1). */
const IA5_ONLY = ['0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1']

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/
const ASCII = /^[\u0000-\u007f]*$/

const each =
  (check: (attribute: NameAttribute) => string | undefined) =>
  ({ subjectAttributes }: LintSubject): readonly string[] | undefined =>
    faultsOf(subjectAttributes, check)

/** The subject's name (RFC 5280 section 4.1.2.6 and appendix A.1). */
export const NAME_RULES: readonly LintRule[] = [
  must('name-rdn', '4.1.2.4', ({ subject }) =>
    subject.some((rdn) => rdn.length === 0)
      ? 'the subject has an empty relative distinguished name'
      : undefined,
  ),
  must(
    'name-length',
    'A.1',
    each(({ type, oid, value }) => {
      const bound = UPPER_BOUNDS[oid]
      // a character has one or two units
      if (bound === undefined || value.length <= bound) return undefined
      const { length } = [...value]
      return length > bound ? `${type} has ${length} characters, ${bound} are allowed` : undefined
    }),
  ),
  must(
    'name-empty-value',
    'A.1',
    each(({ type, value }) => (value === '' ? `${type} is empty` : undefined)),
  ),
  must(
    'name-country',
    'A.1',
    each(({ oid, value }) =>
      oid === COUNTRY && !/^[A-Za-z]{2}$/.test(value)
        ? `the country ${JSON.stringify(value)} is no code of two letters`
        : undefined,
    ),
  ),
  // the next two are MUSTs as well; but the names of requests are kept byte for byte, and all readers take these
  should('name-string-type', 'A.1', each(stringTypeFault)),
  should(
    'name-characters',
    'A.1',
    each(({ type, value, encoding }) => {
      const isWrong =
        (encoding === 'printable' && !PRINTABLE.test(value)) ||
        (encoding === 'ia5' && !ASCII.test(value)) ||
        (encoding === 'numeric' && !/^[0-9 ]*$/.test(value))
      return isWrong ? `${type} has characters that its string type ${encoding} does not have` : undefined
    }),
  ),
  should(
    'name-old-string-type',
    '4.1.2.4',
    each(({ type, encoding }) =>
      ['teletex', 'bmp', 'universal'].includes(encoding)
        ? `${type} is written as ${encoding}; new names are UTF8String or PrintableString`
        : undefined,
    ),
  ),
  should(
    'name-white-space',
    '7.1',
    each(({ type, value }) => (value === value.trim() ? undefined : `${type} begins or ends with a space`)),
  ),
  should(
    'name-control-characters',
    '4.1.2.4',
    each(({ type, value }) =>
      /[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(value) ? `${type} has control characters` : undefined,
    ),
  ),
]

function stringTypeFault({ type, oid, encoding }: NameAttribute): string | undefined {
  if (PRINTABLE_ONLY.includes(oid) && encoding !== 'printable') return `${type} is not PrintableString`
  if (IA5_ONLY.includes(oid) && encoding !== 'ia5') return `${type} is not IA5String`
  return oid in UPPER_BOUNDS && encoding === 'other' ? `${type} is no text` : undefined
}
