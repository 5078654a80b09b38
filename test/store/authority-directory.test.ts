import { openRepository } from '../../src/operations/open-store.ts'
import { initStore } from '../../src/operations/init-store.ts'
import { localStore } from '../../src/store/local-store.ts'
import { authorityContract } from '../contracts/store-authority.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { temporaryFolder } from '../support/worlds.ts'

authorityContract('directory', async () => {
  const ambient = frozenAmbient()
  const path = temporaryFolder()
  await initStore({ path, cwd: '/', ambient })
  const settings = { stores: {} }
  const options = { lockTimeoutMs: 1000, command: 'test', notice: () => undefined }
  const request = { reference: path, settings, ambient, cwd: '/', dataFolder: '/nowhere', ...options }
  const repository = await openRepository(request, { how: 'path', path, name: 'test' })
  return { store: localStore(repository, { ambient, kind: 'directory', location: path }), repository }
})
