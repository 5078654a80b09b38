import { portContract } from './contract.ts'

portContract('directory')
