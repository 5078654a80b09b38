import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { describeRecord } from '../../../src/store/describe.ts'
import { addCertificates, trashCertificate } from '../material.ts'

// A writer in a process of its own: `worker.cjs STORE JOB`. Each acknowledged change is one line on stdout.
const [path = '', job = ''] = process.argv.slice(2)

const say = (line: string): void => void writeSync(1, `${line}\n`)

/** Imports and deletes without end: single records, and many at once. */
async function stream(repository: Repository): Promise<never> {
  for (;;) {
    const [id] = await addCertificates(repository, 1)
    say(`+${id}`)
    say((await addCertificates(repository, 12)).map((each) => `+${each}`).join(' '))
    await trashCertificate(repository, id!)
    say(`-${id}`)
  }
}

/** Ten changes, each by itself. */
async function ten(repository: Repository): Promise<void> {
  for (let at = 0; at < 10; at++) say(`+${(await addCertificates(repository, 1)).join()}`)
}

/** Takes the lock and keeps it until the process dies. */
const hold = (repository: Repository): Promise<never> =>
  repository.write(async () => {
    say('held')
    // the timer knows the promise: nobody else does, and with it the lock would be collected
    return new Promise<never>((resolve) => setInterval(() => resolve, 1000))
  })

const JOBS: Readonly<Record<string, (repository: Repository) => Promise<unknown>>> = { stream, ten, hold }

async function main(): Promise<void> {
  const repository = await openDirectory(path, {
    loadDescribe: async () => describeRecord,
    ambient: {
      now: () => new Date(),
      random: (length) => new Uint8Array(randomBytes(length)),
      env: {},
      actor: 'worker@host',
    },
    lockTimeoutMs: 60_000,
    command: `test ${job}`,
  })
  await JOBS[job]!(repository)
  await repository.close()
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exitCode = 1
})
