import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { rc2CbcDecrypt } from '../../src/crypto/rc2.ts'
import { rc4 } from '../../src/crypto/rc4.ts'

const zeros = new Uint8Array(8)

describe('RC2 against RFC 2268 section 5', () => {
  // one block: with an IV of zeros CBC is the bare cipher
  const vectors = [
    ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
    ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
    ['88', 64, '0000000000000000', '61a8a244adacccf0'],
    ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
    ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
    ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
    [
      '88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e',
      129,
      '0000000000000000',
      '5b78d3a43dfff1f1',
    ],
  ] as const
  for (const [key, effectiveBits, plain, cipher] of vectors)
    test(`when the key ${key} has ${effectiveBits} effective bits then ${cipher} opens to ${plain}`, () => {
      const opened = rc2CbcDecrypt(fromHex(cipher), { key: fromHex(key), iv: zeros, effectiveBits })
      expect(toHex(opened)).toBe(plain)
    })

  test('when there are two blocks then the first one is added to the second', () => {
    const input = fromHex('2269552ab0f85ca62269552ab0f85ca6')
    const key = fromHex('88bca90e90875a7f0f79c384627bafb2')
    const iv = fromHex('0102030405060708')
    expect(toHex(rc2CbcDecrypt(input, { key, iv, effectiveBits: 128 }))).toBe(
      '01020304050607082269552ab0f85ca6',
    )
  })
})

describe('RC4 against RFC 6229 section 2', () => {
  const vectors = [
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919'],
    ['01020304050607', '293f02d47f37c9b633f2af5285feb46be620f1390d19bd84e2e0fd752031afc1'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c'],
    ['833222772a', '80ad97bdc973df8a2e879e92a497efda20f060c2f2e5126501d3d4fea10d5fc0'],
  ] as const
  for (const [key, stream] of vectors)
    test(`when the key is ${key} then its stream begins as the RFC prints it`, () => {
      expect(toHex(rc4(fromHex(key), new Uint8Array(32)))).toBe(stream)
    })
})
