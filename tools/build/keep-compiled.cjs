// Preloaded (`node --require`) into a run of the built command: writes the compiled code of every file that the run
// loaded beside it. Functions that an earlier run had compiled are kept, so that runs add up.
'use strict'
const { writeFileSync } = require('node:fs')

const scripts = new Map()
globalThis[Symbol.for('certman.scripts')] = scripts
process.on('exit', () => {
  for (const [filename, script] of scripts) writeFileSync(filename, script.createCachedData())
})
