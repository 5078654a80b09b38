#!/usr/bin/env node
import packageFacts from '../package.json' with { type: 'json' }
import { makeWorld } from './world.ts'

/** The words that ask for the version alone: answered before anything else is loaded, unless that fails. */
const VERSION_FLAGS: readonly (string | undefined)[] = ['--version', '-V']

async function main(argv: readonly string[]): Promise<void> {
  const world = makeWorld()
  if (argv.length === 1 && VERSION_FLAGS.includes(argv[0])) {
    const isWritten = await world.stdout.write(`${packageFacts.version}\n`).then(
      () => true,
      () => false,
    )
    if (isWritten) return
  }
  const { runCli } = await import('../commands/run.ts')
  process.exitCode = await runCli(argv, world)
}

/** What escapes every handler is a fault of ours: status 70, the place only with `--verbose`. */
function fault(thrown: unknown): void {
  process.exitCode = 70
  if ((thrown as NodeJS.ErrnoException | undefined)?.code === 'EPIPE') return
  const stack = thrown instanceof Error && process.argv.includes('--verbose') ? `${thrown.stack}\n` : ''
  process.stderr.write(
    `${stack}certman: error: internal error\n` +
      'certman: hint: this is a fault of certman: run again with --verbose and report it\n',
  )
}

process.on('uncaughtException', fault)
void main(process.argv.slice(2)).catch(fault)
