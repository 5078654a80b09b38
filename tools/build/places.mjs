import { fileURLToPath } from 'node:url'

/** The repository's root folder, as a URL that ends in a slash. */
export const root = new URL('../../', import.meta.url)

/** The same as a path. */
export const rootPath = fileURLToPath(root)

/** A path inside the repository. */
export const inRoot = (path) => fileURLToPath(new URL(path, root))
