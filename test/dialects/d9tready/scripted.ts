import { answeringServer, type AnsweringServer } from '../../support/answering-server.ts'
import { wireFile } from '../../support/scripted-vendor.ts'

/** An answer of a scripted server. */
export interface Scripted {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text goes as it is, anything else as JSON, `null` not at all. */
  readonly body?: unknown
}

/** A request as it arrived. */
export interface Received {
  /** `GET /rest/privatekeys` */
  readonly request: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // oxlint-disable-next-line no-explicit-any -- whatever was sent
  readonly body: any
}

/** A server that says what it was told to say, and remembers what it was asked. */
export interface ScriptedServer extends AnsweringServer {
  readonly received: readonly Received[]
  /** Answers to `METHOD /path`, one after the other; the last one stays. */
  say(request: string, ...answers: readonly Scripted[]): void
}

/** A documented exchange of `fixtures/wire/d9tready`, with the request it answers. */
export function sample(name: string): Scripted & { readonly request: string } {
  return JSON.parse(fixture(`${name}.json`)) as Scripted & { readonly request: string }
}

/** A file of `fixtures/wire/d9tready` as text. */
export const fixture = (name: string): string => wireFile('d9tready', name)

/** Starts; says 404 to what nobody told it. */
export async function scriptedServer(samples: readonly string[] = []): Promise<ScriptedServer> {
  const script = new Map<string, Scripted[]>()
  const received: Received[] = []
  const say: ScriptedServer['say'] = (request, ...answers) => void script.set(request, [...answers])
  for (const name of samples) say(sample(name).request, sample(name))
  const server = await answeringServer(({ method, url, headers, text }) => {
    const request = `${method} ${url}`
    received.push({ request, headers, body: text === '' ? undefined : JSON.parse(text) })
    const answers = script.get(request) ?? [{ status: 404, body: '' }]
    const { body, ...answer } = answers.length > 1 ? answers.shift()! : answers[0]!
    return { ...answer, body: textOf(body) }
  })
  return { ...server, received, say }
}

const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : body === null || body === undefined ? '' : JSON.stringify(body)
