import { afterAll, vi } from 'vitest'
import { rememberedRounds } from './remember-derivations.ts'
import { removeTemporaryFolders } from './temporary.ts'

// runs for each test file, also where files share a process and with it the modules of test/support
afterAll(removeTemporaryFolders)

vi.mock('../../src/crypto/pkcs12-kdf-iterate.ts', async (load) => {
  const real = await load<typeof import('../../src/crypto/pkcs12-kdf-iterate.ts')>()
  return {
    iterateSha1: rememberedRounds('sha1', real.iterateSha1),
    iterateSha256: rememberedRounds('sha256', real.iterateSha256),
  }
})
