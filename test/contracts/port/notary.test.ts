import { portContract } from './contract.ts'

portContract('notary')
