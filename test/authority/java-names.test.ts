import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { issue } from '../../src/authority/prepared.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { requireJavaSource, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { makeCsr, makeIntermediate, makeRoot, NOW, prepareWith } from './material.ts'

/** Validates paths, each the certificates from the leaf up to its anchor: `true` or `false` a line. */
const VALIDATE_JAVA = String.raw`
import java.io.*; import java.security.cert.*; import java.util.*; import java.util.stream.*;
public class Validate { public static void main(String[] a) throws Exception {
  CertificateFactory factory = CertificateFactory.getInstance("X.509");
  for (int i = 1; i < a.length; i++) {
    List<X509Certificate> path = new ArrayList<>();
    for (String one : a[i].split(",")) path.add((X509Certificate)
      factory.generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(one))));
    TrustAnchor anchor = new TrustAnchor(path.remove(path.size() - 1), null);
    PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    parameters.setDate(new Date(Long.parseLong(a[0])));
    try { CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(path), parameters);
      System.out.println(true); }
    catch (CertPathValidatorException e) { System.out.println(false); } } } }`

test('when Java will hold a common name to name constraints then it is told beforehand', async (context) => {
  const java = requireJavaSource(context)
  const nameConstraints = { permitted: ['dns:corp.example', 'ip:10.0.0.0/8'].map(parseConstraintName) }
  const root = await makeRoot()
  const below = await makeIntermediate(root, { wish: { nameConstraints } })
  const narrowRoot = await makeRoot({ subject: 'CN=Narrow Root', nameConstraints })
  const cases = [
    [below, 'CN=alice', []],
    [below, 'CN=alice', ['email:alice@corp.example']],
    [below, 'CN=alice-2', []],
    [below, 'CN=alice_b', []],
    [below, 'CN=192.0.2.7', []],
    [below, 'CN=10.1.2.3', []],
    [below, 'CN=192.0.2.7', ['dns:a.corp.example']],
    [below, 'CN=192.0.2.7', ['ip:10.1.2.3']],
    [below, 'CN=alice,CN=Alice Example', []],
    [below, 'CN=Alice Example,CN=alice', []],
    [below, 'CN=Alice Example', []],
    [below, 'CN=-alice', []],
    [below, 'CN=älice', []],
    [below, 'CN=a.corp.example', []],
    [below, 'CN=alice', ['dns:a.corp.example']],
    [below, 'O=Example', []],
    [narrowRoot, 'CN=alice', []],
  ] as const
  const paths: string[] = []
  const isTold: boolean[] = []
  for (const [authority, subject, sans] of cases) {
    const { prepared, notes } = prepareWith(authority, await makeCsr({ subject, sans }), {
      profile: 'client',
    })
    isTold.push(notes.some((note) => note.startsWith('Java will refuse it')))
    const der = issue(prepared, authority.signer)
    const upwards = authority === below ? [der, below.der, root.der] : [der, narrowRoot.der]
    paths.push(upwards.map((one) => Buffer.from(one).toString('base64')).join(','))
  }
  const source = join(temporaryFolder('java-names'), 'Validate.java')
  writeFileSync(source, VALIDATE_JAVA)
  const answer = runOracle(java, [source, String(NOW.getTime()), ...paths])
  expect(answer.stdout.toString().trim().split('\n'), answer.text).toEqual(
    isTold.map((told) => String(!told)),
  )
  expect(isTold).toContain(true)
})
