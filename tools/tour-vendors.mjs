#!/usr/bin/env node
// npm run tour:vendors: the built `certman serve` on loopback with TLS, and all five dialects driven by the built
// command and by curl, in a temporary folder. Ends with 1 when a step is not as expected.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from './build/places.mjs'
import { makeStage } from './tour/stage.mjs'
import { VENDOR_CHAPTERS } from './tour/vendor-steps.mjs'

const stage = makeStage('tour of the vendors', {
  'intranet.pfx': inRoot('fixtures/windows/intranet.pfx'),
  'password.txt': inRoot('fixtures/windows/password.txt'),
})
writeFileSync(join(stage.work, 'ca.pw'), 'of the authority\n', { mode: 0o600 })

/** The server must not outlive the tour. */
function stopServer() {
  const file = join(stage.work, 'serve.pid')
  if (!existsSync(file)) return
  try {
    process.kill(Number(readFileSync(file, 'utf8')))
  } catch {
    // it has ended already
  }
}

try {
  stage.play(VENDOR_CHAPTERS)
} finally {
  stopServer()
  stage.end()
}
