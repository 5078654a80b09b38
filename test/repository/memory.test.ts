import { memoryRepository } from '../../src/repository/memory.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { repositoryContract } from '../contracts/repository.ts'
import { frozenAmbient } from '../support/ambient.ts'

repositoryContract('memory', () => Promise.resolve(memoryRepository(describeRecord, frozenAmbient())))
