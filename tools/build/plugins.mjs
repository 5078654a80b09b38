import { readFile } from 'node:fs/promises'

/**
 * commander requires `node:child_process` at its top for executable subcommands, which certman has none of;
 * loading it costs 3 ms of every start. The property is looked up only where it is used.
 */
export const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(build) {
    build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const eager = /const childProcess = require\((['"]node:child_process['"])\);/
      if (!eager.test(source)) throw new Error('commander no longer requires node:child_process this way')
      const contents = source.replace(
        eager,
        'const childProcess = { spawn: (...all) => require($1).spawn(...all) };',
      )
      return { contents, loader: 'js' }
    })
  },
}
