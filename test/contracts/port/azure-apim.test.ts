import { portContract } from './contract.ts'

portContract('azure-apim')
