import type { Json, JsonObject } from '../../src/base/json.ts'
import type { OutputForm } from '../context.ts'
import { isObject } from './cells.ts'

/**
 * A whole result in one of the forms for programs; undefined for `table` and `wide`, which are made by the verb.
 * Only the code of the form is loaded. CSV takes its columns from the first object; `name` prints names, else ids.
 */
export async function documentText(json: Json, form: OutputForm | undefined): Promise<string | undefined> {
  switch (form) {
    case 'json':
      return (await import('./json.ts')).jsonText(json)
    case 'jsonl': {
      const { jsonLine } = await import('./jsonl.ts')
      return membersOf(json).map(jsonLine).join('')
    }
    case 'yaml':
      return (await import('./yaml.ts')).yamlText(json)
    case 'csv':
      return csvText(membersOf(json).filter(isObject))
    case 'name': {
      const { nameLine } = await import('./name.ts')
      return membersOf(json).filter(isObject).map(nameLine).join('')
    }
    default:
      return undefined
  }
}

function membersOf(json: Json): readonly Json[] {
  return Array.isArray(json) ? (json as readonly Json[]) : [json]
}

async function csvText(rows: readonly JsonObject[]): Promise<string> {
  const { csvLine } = await import('./csv.ts')
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [fields, ...rows.map((row) => fields.map((field) => row[field]))].map(csvLine).join('')
}
