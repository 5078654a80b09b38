import { portContract } from './contract.ts'

portContract('iis')
