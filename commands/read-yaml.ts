import { parseDocument } from 'yaml'
import { CertmanError } from '../src/base/errors.ts'
import type { Json } from '../src/base/json.ts'

/** An honest file repeats itself by aliases a few times at most; a bomb does so by the thousand. */
const MOST_ALIASES = 20

/**
 * A YAML 1.2 document as JSON (the core schema: no dates, no binary).
 *
 * @throws {CertmanError} `input.invalid` with the line
 */
export function parseYaml(text: string, file: string): Json {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: true })
  const [fault] = document.errors
  if (fault) {
    const line = fault.linePos?.[0].line ?? 1
    throw new CertmanError('input.invalid', `${file}: line ${line} is neither JSON nor YAML`, {
      cause: fault,
    })
  }
  try {
    return (document.toJS({ maxAliasCount: MOST_ALIASES }) ?? null) as Json
  } catch (cause) {
    throw new CertmanError('input.invalid', `${file}: it refers to itself too often`, { cause })
  }
}
