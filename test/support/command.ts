import { runCli } from '../../commands/run.ts'
import { type FakeWorldOptions, fakeWorld } from './world.ts'

/** What one run of the command line said. */
export interface Answer {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `certman` with these words in a fake world. */
export async function certman(argv: readonly string[], options: FakeWorldOptions): Promise<Answer> {
  const { world, said } = fakeWorld(options)
  const status = await runCli(argv, world)
  return { status, stdout: said.stdout().toString(), stderr: said.stderr() }
}
