import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { joined, listAt, textAt } from './cells.ts'
import { extensionLines, generalName } from './extension-lines.ts'

/** An extension in the words of the overview. */
export interface BriefExtension {
  readonly label: string
  readonly lines: readonly string[]
}

type Brief = readonly [label: string, lines: (members: readonly JsonObject[]) => readonly string[]]

const nameText = (name: Json | undefined): string => (isObject(name) ? (generalName(name) ?? '') : '')

/** URIs need no type in front. */
const place = (name: Json | undefined): string => nameText(name).replace(/^uri:/, '')

const access = (label: string): Brief => [
  label,
  (members) => members.map((one) => `${textAt(one, 'accessMethod')} ${place(one['accessLocation'])}`),
]

const points = (label: string): Brief => [
  label,
  (members) =>
    members.flatMap((one) => [
      ...listAt(one, 'fullName').map(place),
      ...listAt(one, 'cRLIssuer').map((name) => `issued by ${nameText(name)}`),
    ]),
]

/** The extensions that most certificates have, by RFC name. What does not fit the shape is shown as it is. */
const BRIEFS: Readonly<Record<string, Brief>> = {
  authorityInfoAccess: access('Issuer info'),
  subjectInfoAccess: access('Subject info'),
  cRLDistributionPoints: points('CRLs'),
  freshestCRL: points('Delta CRLs'),
  certificatePolicies: [
    'Policies',
    (members) => members.map((one) => joined([textAt(one, 'name'), textAt(one, 'policyIdentifier')], ' ')),
  ],
  signedCertificateTimestampList: [
    'Logged',
    (members) => members.map((one) => `${textAt(one, 'timestamp')} by ${textAt(one, 'logId').slice(0, 16)}…`),
  ],
}

/** The label and the lines of an extension; decoded ones in short, others as `--text` shows them. */
export function briefExtension(extension: JsonObject): BriefExtension {
  const name = textAt(extension, 'name')
  const brief = extension['malformed'] === undefined ? BRIEFS[name] : undefined
  const members = listAt(extension, 'value')
  if (brief && members.length > 0 && members.every(isObject)) {
    const [label, write] = brief
    const lines = write(members).filter((line) => line.trim() !== '')
    if (lines.length > 0) return { label, lines }
  }
  return { label: name || textAt(extension, 'oid'), lines: extensionLines(extension) }
}
