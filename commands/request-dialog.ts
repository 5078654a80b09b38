import { KEY_TYPES } from '../src/crypto/generate-key.ts'
import { checkName } from '../src/domain/name.ts'
import { parseGeneralName } from '../src/x509/general-name-text.ts'
import { parseNameText } from '../src/x509/name-text.ts'
import type { Context } from './context.ts'
import { faultOf } from './fault-of.ts'
import type { RequestText } from './request-file.ts'

const split = (line: string): readonly string[] => line.split(/[\s,]+/).filter((word) => word !== '')

/** An answer without a type, such as `www.example.com`, is the common name. */
export function asSubject(answer: string): string {
  const typed = answer.trim()
  return typed.includes('=') ? typed : `CN=${typed}`
}

/** Types of key by name, the usual one first. */
export const KEY_CHOICES = KEY_TYPES.map(([name]) => ({ value: name as string, name: name as string })).sort(
  (a, b) => Number(b.value === 'ec-p256') - Number(a.value === 'ec-p256'),
)

/** Asks for everything that a request needs. */
export async function askForRequest(ctx: Context): Promise<RequestText> {
  const prompter = await ctx.prompter()
  const names = split(
    await prompter.text('names, such as www.example.com 192.0.2.7 email:me@example.com:', (answer) =>
      faultOf(() => split(answer).map(parseGeneralName)),
    ),
  )
  const subject = (
    await prompter.text('subject, such as CN=www.example.com,O=Example (Enter: none):', (answer) =>
      answer.trim() === ''
        ? names.length > 0
          ? undefined
          : 'without any name there must be a subject'
        : faultOf(() => parseNameText(asSubject(answer))),
    )
  ).trim()
  const keyType = await prompter.choose('key:', KEY_CHOICES)
  const name = (
    await prompter.text('name in the store (Enter: none):', (answer) =>
      answer.trim() === '' ? undefined : faultOf(() => checkName(answer.trim())),
    )
  ).trim()
  return {
    ...(subject !== '' && { subject: asSubject(subject) }),
    ...(names.length > 0 && { subjectAltName: names }),
    keyType,
    ...(name !== '' && { name }),
  }
}
