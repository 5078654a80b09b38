import { portContract } from './contract.ts'

portContract('memory')
