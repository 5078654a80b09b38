import { CertmanError } from '../src/base/errors.ts'
import { didYouMean } from '../src/query/near.ts'
import { declare, present } from './declare.ts'
import { renderProfile } from './render/profiles.ts'
import { withStore } from './store-request.ts'

/** `server+client` is what many call it. */
const plain = (name: string): string => name.trim().toLowerCase().replaceAll('+', '-')

export const verb = declare({
  name: 'ca profile show',
  needs: 'profiles',
  examples: [
    ['certman ca profile show server', 'every field'],
    ['certman ca profile show server > corp.json', 'edit the file, then: certman ca profile add corp.json'],
  ],
  args: [{ name: 'NAME', help: 'name of a profile', completes: 'profile' }],
  options: {},
  run: (ctx, { args }) =>
    withStore(ctx, async (store) => {
      const profiles = await store.profiles()
      const wanted = args[0]!
      const found =
        profiles.find(({ profile }) => profile.name === wanted) ??
        profiles.find(({ profile }) => plain(profile.name) === plain(wanted))
      if (found) return ctx.emit(renderProfile(found))
      const names = profiles.map(({ profile }) => profile.name)
      throw new CertmanError(
        'profile.not-found',
        `no profile ${JSON.stringify(wanted)}`,
        present({ hint: didYouMean(wanted, names) }),
      )
    }),
})
