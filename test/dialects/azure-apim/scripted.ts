import { answeringServer, type Answered, type AnsweringServer } from '../../support/answering-server.ts'
import { wireFile } from '../../support/scripted-vendor.ts'

/** A recorded body. `{origin}` in it becomes the server's. */
export const recorded = (name: string): string => wireFile('azure-apim', `${name}.json`)

/** One answer of the script. */
export type Line = Answered

/** What the server was asked. */
export interface Asked {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A server that answers with one line after the other. */
export interface Scripted extends AnsweringServer {
  readonly asked: Asked[]
}

/** Starts it. Past the end of the script it says 599. */
export async function scripted(...lines: readonly Line[]): Promise<Scripted> {
  const asked: Asked[] = []
  let next = 0
  const server: AnsweringServer = await answeringServer(({ method, url, headers, text }) => {
    asked.push({ method, url, headers, body: text })
    const { body = '', ...line } = lines[next++] ?? { status: 599 }
    return {
      ...line,
      body: body.replaceAll('{origin}', server.url),
      headers: { 'Content-Type': 'application/json; charset=utf-8', ...line.headers },
    }
  })
  return { ...server, asked }
}
