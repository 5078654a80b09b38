/**
 * RC4 (RFC 6229 has the vectors). Decrypts PKCS#12 files of the 1990s and is used for nothing else: the cipher is
 * broken (RFC 7465), and Node no longer has it.
 *
 * @param key 1 to 256 bytes
 */
export function rc4(key: Uint8Array, input: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i)
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 0xff
    swap(state, i, j)
  }
  const output = new Uint8Array(input.length)
  for (let n = 0, i = 0, j = 0; n < input.length; n++) {
    i = (i + 1) & 0xff
    j = (j + state[i]!) & 0xff
    swap(state, i, j)
    output[n] = input[n]! ^ state[(state[i]! + state[j]!) & 0xff]!
  }
  return output
}

function swap(state: Uint8Array, i: number, j: number): void {
  const kept = state[i]!
  state[i] = state[j]!
  state[j] = kept
}
