import { readFileSync } from 'node:fs'
import { answeringServer, type Answered, type AnsweringServer } from './answering-server.ts'
import { inRepository } from './built.ts'
import { jsonOrNone } from './raw-call.ts'

/** One call as it arrived. */
export interface Arrived {
  readonly method: string
  /** As the vendor's `read` gives it. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line no-explicit-any -- whatever the client sent
  readonly json: any
}

/** All of an answer; its body may be a fixture. */
export interface WholeAnswer extends Answered {
  readonly file?: string
}

/** What goes back: a fixture's name, or all of it. */
export type Scripted = string | WholeAnswer

/** `GET /status` → answers in turn (the last one again and again), or a function of the call. */
export type Script = Readonly<Record<string, readonly Scripted[] | ((call: Arrived) => Scripted)>>

/** A server that knows nothing but its script. */
export interface ScriptedServer extends AnsweringServer {
  readonly calls: readonly Arrived[]
  /** Calls of one operation. */
  readonly of: (operation: string) => readonly Arrived[]
}

/** How one vendor's service looks from outside. */
export interface ScriptedVendor {
  /** The folder in `fixtures/wire`. */
  readonly folder: string
  readonly contentType: string
  /** The body of an answer that names none. */
  readonly emptyBody: string
  /** The body of the 404 for what is not in the script: a fixture's text, or its own. */
  readonly missing: () => string
  /** From the target of a request: the path to tell, and the one that the script knows it by. */
  readonly read: (target: string) => { readonly path: string; readonly operation: string }
}

/** A file of `fixtures/wire`. */
export const wireFile = (folder: string, name: string): string =>
  readFileSync(inRepository(`fixtures/wire/${folder}/${name}`), 'utf8')

/** Answers by the script over TLS; whatever is not in it is a 404 of the vendor's form. */
export async function scriptedVendor(vendor: ScriptedVendor, script: Script): Promise<ScriptedServer> {
  const calls: Arrived[] = []
  const turns = new Map<string, number>()
  const operations: string[] = []
  const server = await answeringServer(({ method, url, headers, text }) => {
    const { path, operation } = vendor.read(url)
    const query = new URL(url, 'https://x').searchParams
    const call: Arrived = { method, path, query, headers, text, json: jsonOrNone(text) }
    const name = `${method} ${operation}`
    calls.push(call)
    operations.push(name)
    const answers = script[name]
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    const answer =
      typeof answers === 'function' ? answers(call) : answers?.[Math.min(turn, answers.length - 1)]
    const whole = wholeOf(vendor, answer)
    return { ...whole, headers: { 'content-type': vendor.contentType, ...whole.headers } }
  })
  return { ...server, calls, of: (operation) => calls.filter((_, at) => operations[at] === operation) }
}

function wholeOf(vendor: ScriptedVendor, answer: Scripted | undefined): Answered {
  if (answer === undefined) return { status: 404, body: vendor.missing() }
  if (typeof answer === 'string') return { body: wireFile(vendor.folder, answer) }
  const { file, body = vendor.emptyBody, ...rest } = answer
  return { ...rest, body: file === undefined ? body : wireFile(vendor.folder, file) }
}
