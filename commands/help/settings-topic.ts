import type { Page, Section } from './page.ts'

const PRECEDENCE: Section = {
  type: 'paragraphs',
  paragraphs: [
    'A flag wins over an environment variable, that over the project file, that over the user file.',
  ],
}

const VARIABLES: Section = {
  type: 'terms',
  title: 'Environment',
  terms: [
    ['CERTMAN_STORE', 'as --store'],
    ['CERTMAN_OUTPUT', 'as --output'],
    ['CERTMAN_FIELDS', 'as --fields'],
    ['CERTMAN_CONFIG', 'as --config'],
    ['CERTMAN_LOCK_TIMEOUT', 'as --lock-timeout'],
    ['CERTMAN_PASSWORD_FILE', 'as --password-file'],
    ['CERTMAN_USERS', 'as --users of serve'],
    [
      'CERTMAN_NO_INPUT=1',
      'as --no-input; likewise CERTMAN_QUIET, CERTMAN_VERBOSE, CERTMAN_EXIT_CODE, CERTMAN_PRINT_REQUEST',
    ],
    ['NO_COLOR, CERTMAN_NO_COLOR', 'no colour; FORCE_COLOR: colour in a pipe too'],
    ['COLUMNS', 'width of the terminal'],
    ['HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY', 'the proxy on the way to a server'],
    ['XDG_CONFIG_HOME, XDG_DATA_HOME', 'where settings and the default store lie'],
  ],
}

const FILES: Section = {
  type: 'terms',
  title: 'Files',
  terms: [
    [
      '.certman.json',
      'project file, in the working folder or the nearest one above it: store, output, color, lockTimeout',
    ],
    ['~/.config/certman/settings.json', 'user file: stores, defaultStore, output, color, lockTimeout'],
    ['~/.config/certman/users.json', 'who may use certman serve'],
    ['~/.local/share/certman/store', 'the default store, made on the first write'],
    ['~/.local/share/certman/serve/server.pem', 'the certificate that the server makes for itself'],
  ],
}

/** `certman help settings`. */
export const settingsPage = (): Page => ({
  name: 'certman help settings',
  summary: 'where defaults come from',
  sections: [
    {
      type: 'examples',
      examples: [
        ['certman store add corp /srv/pki --use', 'name a store and make it the default'],
        ['echo \'{"store": "./pki"}\' > .certman.json', 'a store for everyone who works in this folder'],
      ],
    },
    PRECEDENCE,
    VARIABLES,
    FILES,
    {
      type: 'paragraphs',
      paragraphs: [
        'Settings name stores and forms. They hold where the secret of a server lies, never the secret, unless ' +
          'store add --save-secret put it there; never a key or a certificate. A project file chooses among the ' +
          'stores: it cannot name a server or make certman run a program.',
      ],
    },
  ],
})
