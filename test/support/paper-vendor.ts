import type { RequestListener } from 'node:http'
import { bareCertificateRow, requestRow } from '../../src/dialects/certificate-row.ts'
import { type Dialect, NO_ABILITIES, type ProbeResult } from '../../src/dialects/dialect.ts'
import { listRows } from '../../src/dialects/listing.ts'
import { change, changed } from '../../src/dialects/remote-changes.ts'
import { RemoteStore } from '../../src/dialects/remote-store.ts'
import { replyError } from '../../src/dialects/reply-errors.ts'
import type { Query } from '../../src/domain/filter.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { NewRequest } from '../../src/store/authority-orders.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from '../../src/store/store.ts'

/** A vendor of the tests: lists and deletes certificates by basic authentication, and knows no bytes. */
export const paper: Dialect = {
  name: 'd9tready',
  title: 'Paper Registry',
  can: { ...NO_ABILITIES, list: ['certificate', 'request'], delete: true, request: true },
  limits: {
    import: 'write it on paper and send it by post',
    exportCertificate: 'the registry keeps no bytes: keep the file that you sent',
    trash: 'what was shredded is gone: send it again',
  },
  auth: ['basic', 'token'],
  settings: { drawer: 'number of the drawer to look in' },
  switches: {},
  client: async () => (face, setup) => new PaperStore(face, setup),
  server: async () => {
    throw new Error('no server')
  },
}

/** What the server says of one certificate. */
export interface Paper {
  readonly id: string
  readonly name: string
  readonly subject: string
  readonly thumbprint: string
  readonly notAfter?: string
}

class PaperStore extends RemoteStore {
  async probe(): Promise<ProbeResult> {
    const reply = await this.#call('GET', '/me')
    const { server, user } = reply as { readonly server: string; readonly user: string }
    return { server, user, facts: { drawers: '3' } }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    yield* listRows(this.#pages(), query, { kind, now: this.setup.ambient.now() })
  }

  override async delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: () => Promise.all(targets.map(async ({ id }) => (await this.byId('certificate', id))!)),
      foretell: (rows) => rows.map((row) => changed('certificate', row, 'deleted')),
      send: async (rows) => {
        for (const { id } of rows) await this.#call('DELETE', `/papers/${id}`)
        return rows.map((row) => changed('certificate', row, 'deleted'))
      },
    })
  }

  override async submit(request: NewRequest, options?: MutationOptions): Promise<readonly Outcome[]> {
    if (request.key) throw new Error('a key came along that would be lost')
    const row = requestRow(request.csr, 'r1', { state: 'outstanding' })
    return change(options, {
      check: async () => [changed('request', row, 'created')],
      foretell: (outcomes) => outcomes,
      send: async (outcomes) => {
        await this.#call('POST', '/requests')
        return outcomes
      },
    })
  }

  protected async byId(_kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    for await (const page of this.#pages()) for (const row of page) if (row.id === id) return row
    return undefined
  }

  async *#pages(): AsyncIterable<readonly ListedRecord[]> {
    const papers = (await this.#call('GET', '/papers')) as readonly Paper[]
    const now = this.setup.ambient.now()
    yield papers.map(({ name, ...paperRow }) => bareCertificateRow({ ...paperRow, fields: { name } }, now))
  }

  async #call(method: 'GET' | 'DELETE' | 'POST', path: string): Promise<unknown> {
    const { credential, http, name: store } = this.setup
    const secret = await credential?.secret()
    const basic = secret?.useText((text) => Buffer.from(`${credential?.user}:${text}`).toString('base64'))
    const headers = basic === undefined ? {} : { Authorization: `Basic ${basic}` }
    const reply = await http.send({ method, path, headers })
    if (reply.status >= 300) throw replyError(reply, { vendor: paper.title, store })
    return reply.body.length > 0 ? reply.json() : undefined
  }
}

/** Its server. Lets `clerk` in with `ink`; `seen` gets every call. */
export function paperServer(papers: Paper[], seen: string[] = []): RequestListener {
  return (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const isKnown = request.headers.authorization === `Basic ${Buffer.from('clerk:ink').toString('base64')}`
    const say = (status: number, body: unknown): void =>
      void response
        .writeHead(status, { 'Content-Type': 'application/json' })
        .end(body === undefined ? '' : JSON.stringify(body))
    if (!isKnown) return say(401, { message: 'who are you?' })
    if (request.url === '/me') return say(200, { server: 'Paper 1.0', user: 'clerk' })
    if (request.method === 'GET') return say(200, papers)
    if (request.url === '/requests')
      return say(papers.length > 1 ? 201 : 422, { message: 'the drawer is empty' })
    const at = papers.findIndex(({ id }) => request.url === `/papers/${id}`)
    if (at < 0) return say(404, { message: 'no such paper' })
    papers.splice(at, 1)
    return say(204, undefined)
  }
}
