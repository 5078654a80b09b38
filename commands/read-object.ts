import { CertmanError } from '../src/base/errors.ts'
import { isObject, type Json, type JsonObject } from '../src/base/json.ts'
import { readTextFile } from '../src/operations/documents.ts'
import { parseJson } from '../src/settings/json.ts'
import type { Context } from './context.ts'

async function parse(text: string, file: string): Promise<Json> {
  if (/^\s*[{[]/.test(text)) return parseJson(text, file, 'input.invalid') as Json
  return (await import('./read-yaml.ts')).parseYaml(text, file)
}

/**
 * The object that a file describes, as JSON or YAML.
 *
 * @param file a path; `-` is standard input
 * @throws {CertmanError} what reading throws, `input.invalid` for anything but one object
 */
export async function readObject(ctx: Context, file: string): Promise<JsonObject> {
  const text = await readTextFile(file, { cwd: ctx.cwd, readStdin: ctx.terminal.readStdin })
  const name = file === '-' ? 'standard input' : file
  const value = await parse(text, name)
  if (!isObject(value)) throw new CertmanError('input.invalid', `${name}: an object with fields is expected`)
  return value
}
