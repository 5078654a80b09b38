import { type HostRequest, parseHostPort } from '../src/operations/inspect-host.ts'
import { type Given, present } from './declare.ts'
import { bounded, MOST_SECONDS } from './options/bounds.ts'
import type { HOST_OPTIONS } from './options/host.ts'

/** What a verb is told about a TLS port. */
export interface HostFlags extends Given<typeof HOST_OPTIONS> {
  readonly host: string
}

/** How long a server may take to answer. */
const TIMEOUT_SECONDS = 10

/** The port to look at, and how to reach it. @throws {CertmanError} `input.invalid`, `cli.usage` */
export function hostRequest({ host, servername, starttls, timeout }: HostFlags): HostRequest {
  const timeoutMs = (bounded(timeout, 'timeout', MOST_SECONDS) ?? TIMEOUT_SECONDS) * 1000
  return present({ ...parseHostPort(host), servername, starttls, timeoutMs })
}
