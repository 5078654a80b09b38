import { fileURLToPath } from 'node:url'

/**
 * Path of the file that this code stands in: a source, or a file of dist. The built command is CommonJS, where
 * import.meta is empty; the sources and tests are ES modules.
 */
export const OWN_PLACE = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url)
