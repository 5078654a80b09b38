import { repositoryContract } from '../../contracts/repository.ts'
import { newStore } from './stores.ts'

repositoryContract('directory', async () => (await newStore()).repository)
