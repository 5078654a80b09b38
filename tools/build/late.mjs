const inFolder = (folder, names) => names.split(' ').map((name) => `${folder}/${name}.ts`)

/** What a listing uses, and a look at one record does not. */
export const LISTING = inFolder('src/query', 'sql sort resolve predicate catalogue coerce values')

/** The verbs that only help and rarer verbs look at. */
export const OTHER_VERBS = inFolder('commands', 'authority-verbs store-verbs serve-verbs')

/** What every change of a directory store uses. */
export const CHANGING = [
  ...inFolder('src/repository/directory', 'lock lock-file sqlite-update sqlite-tables'),
  ...inFolder('src/store', 'acting change-record shown-outcome abilities'),
]

/** What few runs of any verb use: a file each. */
const RARE = [
  ...inFolder('src/repository', 'memory-index'),
  ...inFolder('src/repository/directory', 'sqlite-revoked'),
  ...inFolder('src/operations', 'lazy-repository'),
  ...inFolder('src/settings', 'json-error remote-place'),
  ...inFolder('src/crypto', 'pss-parameters'),
  ...inFolder('src/authority', 'parse-profile'),
  ...inFolder('src/asn1/oids', 'others'),
  ...inFolder('src/x509', 'name-encoding'),
  ...inFolder('src/x509/extensions', 'rare-table'),
  ...inFolder('commands/render', 'show-request show-crl show-authority show-key text table plan'),
]

/** Files that usual verbs import and seldom use: not in one file of dist with what is used always. */
export const SELDOM = [...LISTING, ...OTHER_VERBS, ...CHANGING, ...RARE]

/** What seldom used files share with others: esbuild would join the two, and each start would run both. */
const SHARED = [
  ...inFolder('src/query', 'fold'),
  ...inFolder('src/store', 'listed'),
  ...inFolder('src/domain', 'profile'),
  ...inFolder('src/authority', 'built-in-profiles key-policy limit-sources name-patterns granted-template'),
  ...inFolder('src/repository/directory', 'sqlite-texts'),
  ...inFolder('src/x509/extensions', 'access alternative-names policies transparency'),
]

/** What only RSA keys are asked about: making its tables takes as long as a signature. */
const FOR_RSA = inFolder('src/authority', 'weak-rsa')

/**
 * Each is a chunk of its own, which is taken in and run when something in it is first used; all other files are joined
 * with what imports them. To make a chunk of every file costs more than it spares: what passes between chunks passes
 * through objects.
 */
export const LATE = [...SELDOM, ...SHARED, ...FOR_RSA]
