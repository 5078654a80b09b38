import type { ServerResponse } from 'node:http'

interface Waiting {
  readonly response: ServerResponse
  readonly body: string | Uint8Array
  readonly encoding: 'latin1' | 'utf8'
}

let waiting: Waiting[] = []

/**
 * Ends a response when the turn of the event loop does. Answers to requests that came in together go out together: a peer
 * that waits is woken once and finds them all, and waking costs more than a short answer does.
 */
export function sendAtTurnEnd(
  response: ServerResponse,
  body: Waiting['body'],
  encoding: Waiting['encoding'],
): void {
  if (waiting.push({ response, body, encoding }) === 1) setImmediate(sendAll)
}

function sendAll(): void {
  const all = waiting
  waiting = []
  for (const { response, body, encoding } of all) response.end(body, encoding)
}
