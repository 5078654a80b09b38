import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { repositoryContract } from '../contracts/repository.ts'
import { frozenAmbient } from '../support/ambient.ts'

repositoryContract('memory', () => Promise.resolve(memoryRepository(describeRecord, frozenAmbient())))
