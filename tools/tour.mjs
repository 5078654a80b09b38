#!/usr/bin/env node
// npm run tour: the main job on real input with the built command, in a temporary folder. Each command line is
// shown as typed, with its output. Ends with 1 when a step is not as expected.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from './build/places.mjs'
import { makeStage } from './tour/stage.mjs'
import { CHAPTERS } from './tour/steps.mjs'

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

const stage = makeStage('tour', {
  'intranet.pfx': inRoot('fixtures/windows/intranet.pfx'),
  'password.txt': inRoot('fixtures/windows/password.txt'),
  'shop-keystore.p12': inRoot('fixtures/java/shop-keystore.p12'),
  'mail-chain.p7b': inRoot('fixtures/pkcs7/mail-chain.p7b'),
  'web.pem': inRoot('fixtures/keys/web.pem'),
  'web.key': inRoot('fixtures/keys/web.key'),
  'old-server': inRoot('fixtures/mixed'),
  'ca-bundle.crt':
    SYSTEM_BUNDLES.find((path) => existsSync(path)) ?? inRoot('fixtures/bundle/example-ca-bundle.pem'),
})
writeFileSync(join(stage.work, 'wrong.txt'), 'not-the-password\n', { mode: 0o600 })

function rootId() {
  const line = 'certman -s ./pki --json list --filter \'subject ~ "Example Root CA"\''
  return JSON.parse(stage.shell(line).output)[0]?.id ?? '0'
}

const prepared = (step) =>
  step.before ? { ...step, before: () => step.before.replace('$ROOT', rootId()) } : step

try {
  stage.play(CHAPTERS.map(({ heading, steps }) => ({ heading, steps: steps.map(prepared) })))
} finally {
  stage.end()
}
