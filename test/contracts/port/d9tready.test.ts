import { portContract } from './contract.ts'

portContract('d9tready')
