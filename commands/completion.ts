import { declare } from './declare.ts'
import { COMPLETION_SCRIPTS, type Shell, SHELLS } from './help/completion-scripts.ts'

export const verb = declare({
  name: 'completion',
  examples: [
    ['source <(certman completion bash)', 'in ~/.bashrc'],
    ['source <(certman completion zsh)', 'in ~/.zshrc, after compinit'],
    ['certman completion fish > ~/.config/fish/completions/certman.fish', 'once'],
  ],
  about: [
    'Completes verbs, flags and their values, names of stores, and names of certificates as they are now.',
  ],
  args: [{ name: 'SHELL', help: 'bash, zsh or fish', choices: SHELLS }],
  options: {},
  run: async (ctx, { args }) => ctx.terminal.write(COMPLETION_SCRIPTS[args[0] as Shell]),
})
