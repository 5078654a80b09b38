import { execFile } from 'node:child_process'
import { requireOracle, type Skippable } from './oracles.ts'

/**
 * Curl, an outside client, with arguments that stand before those of every call; it answers standard output. Settings and
 * proxies of the person who runs the tests do not count. Without curl the test is skipped with a reason, and fails in CI.
 */
export function requireCurl(
  context: Skippable,
  ...always: readonly string[]
): (...args: readonly string[]) => Promise<string> {
  const path = requireOracle(context, 'curl')
  // `--disable`, which leaves ~/.curlrc unread, counts in the first place only
  const before = ['--disable', '--silent', '--show-error', '--noproxy', '*', ...always]
  return (...args) =>
    new Promise((resolve, reject) => {
      const options = { encoding: 'utf8', maxBuffer: 1e8 } as const
      execFile(path, [...before, ...args], options, (error, stdout, stderr) =>
        error ? reject(new Error(`curl: ${stderr} ${stdout}`)) : resolve(stdout),
      )
    })
}
