import { afterAll } from 'vitest'
import { removeTemporaryFolders } from './temporary.ts'

// runs for each test file, also where files share a process and with it the modules of test/support
afterAll(removeTemporaryFolders)
