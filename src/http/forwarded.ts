import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { CertmanError } from '../base/errors.ts'

/** Whether an address is that of a proxy whose word about its caller is taken. */
export type TrustedProxies = (address: string) => boolean

/**
 * The addresses of trusted proxies: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @throws {CertmanError} `cli.usage` naming the one that is no address
 */
export function trustedProxies(given: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const text of given) {
    const [address = '', bits, ...rest] = text.trim().split('/')
    const version = isIP(address)
    const most = version === 4 ? 32 : 128
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (version === 0 || rest.length > 0 || !isPrefix) throw noAddress(text)
    list.addSubnet(address, bits === undefined ? most : Number(bits), family(version))
  }
  return (address) => isIP(address) !== 0 && list.check(address, family(isIP(address)))
}

const family = (version: number): 'ipv4' | 'ipv6' => (version === 4 ? 'ipv4' : 'ipv6')

const noAddress = (text: string): CertmanError =>
  new CertmanError('cli.usage', `--trusted-proxy: ${JSON.stringify(text)} is no address`, {
    hint: 'write it as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32',
    field: 'trusted-proxy',
  })

/**
 * Who called: the peer itself, or, where the peer is a trusted proxy, whom it names in `X-Forwarded-For` or `Forwarded`
 * (RFC 7239 section 5.2). Every proxy appends to the right, so what stands left of the first address that is not
 * trusted may be invented by the caller. A proxy that writes one of the headers may pass on the other as the caller
 * sent it: where both are there and name different callers, neither is believed. Only this machine itself may say that
 * the caller is on this machine.
 *
 * @param peer address of the socket's other end
 */
export function callerOf(peer: string, headers: IncomingHttpHeaders, isTrusted: TrustedProxies): string {
  if (!isTrusted(peer)) return peer
  const { 'x-forwarded-for': forwardedFor, forwarded } = headers
  const named = [
    ...(forwardedFor === undefined ? [] : [[forwardedFor].flat().join(',').split(',')]),
    ...(forwarded === undefined ? [] : [forElements(forwarded)]),
  ].map((chain) => firstUntrusted(peer, chain, isTrusted))
  const [one = peer, other = one] = named
  return one === other ? one : peer
}

/** From the right; an element that is no address (`unknown`, `_hidden`) ends the search at the proxy that wrote it. */
function firstUntrusted(peer: string, chain: readonly string[], isTrusted: TrustedProxies): string {
  let caller = peer
  for (const element of chain.toReversed()) {
    const address = addressIn(element)
    if (address === undefined || (isLoopback(address) && !isLoopback(caller))) return caller
    caller = address
    if (!isTrusted(caller)) return caller
  }
  return caller
}

/** RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3; as IPv4 in IPv6 too. */
const isLoopback = trustedProxies(['127.0.0.0/8', '::1'])

/** `for=` of each element, in order; an element without one is no address. */
const forElements = (header: string): readonly string[] =>
  header.split(',').map((element) => /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(element)?.[1] ?? '')

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `"[2001:db8::1]:4711"`. */
function addressIn(element: string): string | undefined {
  const text = element.trim().replace(/^"(.*)"$/, '$1')
  const [, v6, v4] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  const address = v6 ?? v4 ?? text
  return isIP(address) === 0 ? undefined : address.toLowerCase()
}
