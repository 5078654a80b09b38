import { expect, test } from 'vitest'
import { type Verdict, verifyCertificates } from '../../src/operations/verify-certificates.ts'
import { foreignMember } from '../../src/operations/verify-member.ts'
import { NO_KNOWLEDGE } from '../../src/operations/verify-store.ts'
import type { PolicyQuestion } from '../../src/path/judge-policies.ts'
import type { PathFaultCode } from '../../src/path/path-fault.ts'
import { ANY_POLICY } from '../../src/path/policy-graph.ts'
import { pkitsBlocks, pkitsRows, type PkitsRow } from '../support/pkits.ts'

const certificates = new Map(
  [...pkitsBlocks('certificates.pem')].map(([name, der]) => [name, foreignMember(der, 'file')]),
)
const crls = [...pkitsBlocks('crls.pem').values()]
const rows = pkitsRows()

const NIST = '2.16.840.1.101.3.2.1.48.'

function policiesOf(asked: string): PolicyQuestion {
  const [initial = 'any', ...more] = asked.split(' ')
  const acceptable = new Set(initial.split(',').map((policy) => NIST + policy))
  return {
    ...(initial !== 'any' && { acceptable }),
    isRequired: more.includes('require'),
    inhibitMapping: more.includes('inhibit-mapping'),
    inhibitAny: more.includes('inhibit-any'),
  }
}

const short = (set: ReadonlySet<string>): string =>
  [...set]
    .map((policy) => (policy === ANY_POLICY ? 'any' : policy.replace(NIST, '')))
    .toSorted()
    .join(',') || '-'

/** The verdicts by the number of the test: all certificates and CRLs are at hand, as in a directory. */
const verdicts = new Map<string, Verdict>()
for (const asked of new Set(rows.map((row) => row.asked))) {
  const alike = rows.filter((row) => row.asked === asked)
  const evidence = {
    intermediates: [...certificates].flatMap(([name, member]) => (name.endsWith('EE') ? [] : [member])),
    anchors: [certificates.get('TrustAnchorRootCertificate')!],
    crls,
    known: NO_KNOWLEDGE,
  }
  const question = { at: new Date('2020-01-01T00:00:00Z'), requireCrl: true, policies: policiesOf(asked) }
  const leaves = alike.map(({ name }) => certificates.get(name)!)
  for (const [index, verdict] of verifyCertificates(leaves, evidence, question).entries())
    verdicts.set(alike[index]!.number, verdict)
}

/** Of each section: why its invalid paths are invalid. */
const REASONS: Readonly<Record<string, readonly PathFaultCode[]>> = {
  '4.1': ['signature', 'weak'],
  '4.2': ['expired', 'not-yet-valid'],
  '4.3': ['incomplete'],
  '4.4': ['revoked', 'revocation-unknown'],
  '4.5': ['revoked', 'not-an-authority'],
  '4.6': ['not-an-authority', 'path-length'],
  '4.7': ['not-an-authority', 'revocation-unknown'],
  '4.8': ['policy'],
  '4.9': ['policy'],
  '4.10': ['policy'],
  '4.11': ['policy'],
  '4.12': ['policy'],
  '4.13': ['name-constraints'],
  '4.14': ['revoked', 'revocation-unknown'],
  '4.15': ['revoked', 'revocation-unknown'],
  '4.16': ['unknown-extension'],
}

/** DSA with SHA-1 can be forged by now, and DSA keys that inherit their parameters Node cannot read. */
const OTHERWISE: ReadonlySet<string> = new Set(['4.1.4', '4.1.5'])

/** A row as it is expected; sets of policies only where the standard names them. */
const rowText = ({ number, sets }: PkitsRow, answer: string, policies: string): string =>
  sets === '. .' ? `${number} ${answer}` : `${number} ${answer} ${policies}`

function answerTo(row: PkitsRow): string {
  const verdict = verdicts.get(row.number)!
  const { authorityConstrained, userConstrained } = verdict.policies
  const sets = `${short(authorityConstrained)} ${short(userConstrained)}`
  return rowText(row, verdict.isTrusted ? 'yes' : 'no', sets)
}

test.each(Object.entries(REASONS))(
  'PKITS section %s: each path is judged as NIST says, and for its reason',
  (section, reasons) => {
    const all = rows.filter(({ number }) => number.startsWith(`${section}.`))
    const expected = all.map((row) => rowText(row, OTHERWISE.has(row.number) ? 'no' : row.answer, row.sets))
    expect(all.map(answerTo)).toEqual(expected)
    for (const { number } of all) {
      const codes = verdicts.get(number)!.faults.map(({ code }) => code)
      const isForReason = codes.length === 0 || codes.some((code) => reasons.includes(code))
      expect(isForReason, `${number}: ${codes.join(', ')}`).toBe(true)
    }
  },
)

test('all tests of the suite are here', () => {
  const numbers = rows.map(({ number }) => number.split('.').slice(0, 3).join('.'))
  expect([new Set(numbers).size, rows.length]).toEqual([224, 247])
})
