import { STARTTLS_PROTOCOLS } from '../../src/operations/starttls-protocols.ts'
import { choice, count, text } from '../declare.ts'

/** How a TLS port is reached. */
export const HOST_OPTIONS = {
  starttls: choice(STARTTLS_PROTOCOLS, 'with --host: speak this protocol first'),
  servername: text('NAME', 'with --host: name to ask for, where it differs from the host'),
  timeout: count('SECONDS', 'with --host: how long to wait (default 10)'),
} as const
