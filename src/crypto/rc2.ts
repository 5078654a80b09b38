import { fromHex } from '../base/bytes.ts'

/** PITABLE of RFC 2268 section 2: a permutation of 0 to 255 made of the digits of pi. */
const PI = fromHex(
  'd978f9c419ddb5ed28e9fd794aa0d89d' +
    'c67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc' +
    '1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303' +
    'f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039' +
    '997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9' +
    'd300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
)

/** Key expansion (RFC 2268 section 2): 64 words of 16 bits. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let i = key.length; i < 128; i++) bytes[i] = PI[(bytes[i - 1]! + bytes[i - key.length]!) & 0xff]!
  const effective = Math.ceil(effectiveBits / 8)
  bytes[128 - effective] = PI[bytes[128 - effective]! & (0xff >> (8 * effective - effectiveBits))]!
  for (let i = 127 - effective; i >= 0; i--) bytes[i] = PI[bytes[i + 1]! ^ bytes[i + effective]!]!
  return Uint16Array.from({ length: 64 }, (_, i) => bytes[2 * i]! | (bytes[2 * i + 1]! << 8))
}

const SHIFTS = [1, 2, 3, 5] as const

/** One reverse mixing round (RFC 2268 section 4.1); `from` is the index of its last subkey. */
function unmix(words: Uint16Array, subkeys: Uint16Array, from: number): void {
  for (let i = 3; i >= 0; i--) {
    const word = words[i]!
    const turned = (word >>> SHIFTS[i]!) | (word << (16 - SHIFTS[i]!))
    const [a, b, c] = [words[(i + 3) & 3]!, words[(i + 2) & 3]!, words[(i + 1) & 3]!]
    words[i] = turned - subkeys[from - (3 - i)]! - (a & b) - (~a & c)
  }
}

/** One reverse mashing round (RFC 2268 section 4.2). */
function unmash(words: Uint16Array, subkeys: Uint16Array): void {
  for (let i = 3; i >= 0; i--) words[i] = words[i]! - subkeys[words[(i + 3) & 3]! & 63]!
}

function decryptBlock(words: Uint16Array, subkeys: Uint16Array): void {
  for (let round = 15; round >= 0; round--) {
    unmix(words, subkeys, 4 * round + 3)
    if (round === 11 || round === 5) unmash(words, subkeys)
  }
}

/**
 * RC2 in CBC mode, decryption only, padding left in place (RFC 2268). Old PKCS#12 files hide their certificates under
 * 40 bits of it; Node no longer has the cipher.
 *
 * @param key 1 to 128 bytes
 * @param iv 8 bytes
 * @param input whole blocks of 8 bytes
 */
export function rc2CbcDecrypt(
  input: Uint8Array,
  { key, iv, effectiveBits }: { key: Uint8Array; iv: Uint8Array; effectiveBits: number },
): Uint8Array {
  const subkeys = expandKey(key, effectiveBits)
  const output = new Uint8Array(input.length)
  const words = new Uint16Array(4)
  let before = iv
  for (let at = 0; at < input.length; at += 8) {
    for (let i = 0; i < 4; i++) words[i] = input[at + 2 * i]! | (input[at + 2 * i + 1]! << 8)
    decryptBlock(words, subkeys)
    for (let i = 0; i < 8; i++) output[at + i] = ((words[i >> 1]! >> (8 * (i & 1))) & 0xff) ^ before[i]!
    before = input.subarray(at, at + 8)
  }
  return output
}
