import { portContract } from './contract.ts'

portContract('keyfactor')
