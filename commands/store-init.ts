import { CertmanError } from '../src/base/errors.ts'
import { type Claim, CLAIMS } from '../src/domain/records.ts'
import { initStore } from '../src/operations/init-store.ts'
import { declare, present, text } from './declare.ts'
import { parseClaims } from './options/users.ts'
import { renderMade } from './render/store.ts'

/** A store that permits nothing would be of no use to anybody. */
function readClaims(list: string | undefined): readonly Claim[] | undefined {
  const claims = list === undefined ? undefined : parseClaims(list)
  if (claims?.length !== 0) return claims
  throw new CertmanError('cli.usage', '--claims names no claim', {
    hint: `the claims are: ${CLAIMS.join(', ')}`,
    field: 'claims',
  })
}

export const verb = declare({
  name: 'store init',
  changes: true,
  examples: [
    ['certman store init ./pki', 'make a store in a new or empty folder'],
    ['certman store init /srv/pki --name corp', 'with a name of its own'],
    ['certman store init ./readonly --claims read,export', 'a store that permits only this'],
  ],
  args: [{ name: 'DIR', help: 'a new or empty folder', completes: 'folder' }],
  options: {
    name: text('NAME', "the store's own name (default: the name of the folder)"),
    claims: text('LIST', `what it permits, of ${CLAIMS.join(', ')} (default: all)`),
  },
  run: async (ctx, { args, options }) => {
    const info = await initStore(
      present({
        path: args[0]!,
        cwd: ctx.cwd,
        name: options.name,
        claims: readClaims(options.claims),
        ambient: ctx.ambient,
        dryRun: ctx.global.dryRun,
      }),
    )
    await ctx.emit(renderMade(info, ctx.global.dryRun))
  },
})
