import packageFacts from '../package.json' with { type: 'json' }
import { declare } from './declare.ts'

export const verb = declare({
  name: 'version',
  examples: [
    ['certman version', 'the version alone, as --version prints it'],
    ['certman version --json', 'the same as a JSON object'],
  ],
  args: [],
  options: {},
  run: (ctx) =>
    ctx.emit({
      json: { name: packageFacts.name, version: packageFacts.version },
      text: () => packageFacts.version,
    }),
})
