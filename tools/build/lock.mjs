import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { inRoot } from './places.mjs'

const LOCK = inRoot('.build-lock')

/** Runs `work` while no other build runs here (tests in several processes ask for a fresh dist at once). */
export async function withLock(work) {
  while (!(await taken())) await pause(50)
  try {
    return await work()
  } finally {
    await rm(LOCK, { force: true })
  }
}

async function taken() {
  try {
    await writeFile(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holder = Number(await readFile(LOCK, 'utf8').catch(() => ''))
  if (holder > 0 && !isAlive(holder)) await rm(LOCK, { force: true })
  return false
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
