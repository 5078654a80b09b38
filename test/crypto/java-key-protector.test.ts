import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DerReader } from '../../src/asn1/reader.ts'
import { integer, octetString, oid, sequence } from '../../src/asn1/writer.ts'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { openJavaKey } from '../../src/crypto/java-key-protector.ts'
import { PbeWork } from '../../src/crypto/pbe-work.ts'
import { requireJavaSource, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** Encrypts with Java's PBEWithMD5AndTripleDES: salt as hex, iterations, plain as hex. */
const SEAL_JAVA = `
import java.util.*; import javax.crypto.*; import javax.crypto.spec.*;
public class Seal { public static void main(String[] a) throws Exception {
  HexFormat hex = HexFormat.of();
  for (int i = 0; i < a.length; i += 3) {
    Cipher cipher = Cipher.getInstance("PBEWithMD5AndTripleDES");
    cipher.init(Cipher.ENCRYPT_MODE, SecretKeyFactory.getInstance("PBEWithMD5AndTripleDES")
      .generateSecret(new PBEKeySpec("change it".toCharArray())),
      new PBEParameterSpec(hex.parseHex(a[i]), Integer.parseInt(a[i + 1])));
    System.out.println(hex.formatHex(cipher.doFinal(hex.parseHex(a[i + 2])))); } } }`

test('when Java encrypts with PBEWithMD5AndTripleDES then it opens, also where the two halves of the salt are equal', (context) => {
  const java = requireJavaSource(context)
  const folder = temporaryFolder('java')
  const cases = [
    ['0102030405060708', 20, '3003020105'],
    ['0102030401020304', 3, '00112233445566778899aabbccddeeff'],
    ['aabbaabbaabbaabb', 1, 'ff'],
  ] as const
  writeFileSync(join(folder, 'Seal.java'), SEAL_JAVA)
  const sealed = runOracle(java, [join(folder, 'Seal.java'), ...cases.flat().map(String)])
  const lines = sealed.stdout.toString().trim().split('\n')
  const opened = cases.map(([salt, iterations], i) => {
    const parameters = sequence(octetString(fromHex(salt)), integer(iterations))
    const algorithm = new DerReader(sequence(oid('1.3.6.1.4.1.42.2.19.1'), parameters)).read()
    const ciphertext = fromHex(lines[i]!)
    return toHex(openJavaKey({ algorithm, ciphertext }, new Secret('change it'), new PbeWork()))
  })
  expect(opened, sealed.text).toEqual(cases.map(([, , plain]) => plain))
})
