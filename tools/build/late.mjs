const inFolder = (folder, names) => names.split(' ').map((name) => `${folder}/${name}.ts`)

/**
 * Files that usual verbs import and seldom use. Each is a chunk of its own, which is taken in and run when something in
 * it is first used; all others are joined with what imports them. To make a chunk of every file costs more than it
 * spares: what passes between chunks passes through objects.
 */
export const LATE = [
  ...inFolder('src/query', 'fold sql sort resolve predicate catalogue coerce values'),
  ...inFolder('src/repository', 'memory-index'),
  ...inFolder('src/repository/directory', 'lock lock-file sqlite-texts sqlite-update sqlite-revoked'),
  ...inFolder('src/operations', 'lazy-repository'),
  ...inFolder('src/store', 'acting change-record abilities'),
  ...inFolder('src/settings', 'json-error remote-place'),
  ...inFolder('src/crypto', 'pss-parameters'),
  ...inFolder('src/asn1/oids', 'others'),
  ...inFolder('src/x509/extensions', 'access alternative-names policies transparency rare-table'),
  ...inFolder('commands', 'authority-verbs store-verbs serve-verbs'),
  ...inFolder('commands/render', 'show-request show-crl show-authority show-key text table plan'),
]
