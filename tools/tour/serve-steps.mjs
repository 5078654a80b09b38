// The beginning of the vendors' tour: a store, an authority, users, and the server.

const json = (output) => JSON.parse(output)
const masked = (output) => output.replace(/[A-Za-z0-9+/_=-]{40,}/g, '[secret]')
const CURL = 'curl -sS --cacert root.pem'

const setUp = {
  heading: 'A store with an authority, and people who may use it',
  steps: [
    { run: 'certman store init ./pki' },
    {
      run: 'certman -s ./pki ca create --subject "CN=Tour Root,O=Example" --name root --key-type ec-p256 --days 3650 --password-file ca.pw',
    },
    { run: 'certman -s ./pki import intranet.pfx --password-file password.txt --name intranet', brief: 4 },
    {
      note: 'the certificate of the server itself',
      run: 'certman -s ./pki request --subject CN=localhost --san dns:localhost --san ip:127.0.0.1 --name server',
    },
    { run: 'certman -s ./pki sign requests/1 --ca root --password-file ca.pw', brief: 3 },
    { run: 'certman -s ./pki export root --format pem --out root.pem' },
    {
      run: 'certman --json serve user add ann --role admin --password-file user.pw --api-key --sas',
      keep: (output) => keysIn(json(output)),
      before: 'printf "Passw0rd!x\\n" > user.pw; chmod 600 user.pw',
      hide: masked,
    },
    { run: 'certman serve user add rea --role reader --password-file user.pw' },
    { run: 'certman serve user add rob --role requestor --password-file user.pw' },
    { run: 'certman serve user list' },
  ],
}

/** The API key and the shared access key, wherever they stand in what was printed. */
function keysIn(row) {
  const all = JSON.stringify(row)
  const find = (name) => new RegExp(`"${name}":"([^"]+)"`).exec(all)?.[1] ?? ''
  return { API_KEY: find('apiKey') || find('token'), SAS_KEY: find('primary') || find('primaryKey') }
}

const serving = {
  heading: 'certman serve',
  steps: [
    {
      note: 'in the background; its words go to serve.log',
      run: 'certman --json serve --store ./pki --listen 127.0.0.1:0 --tls-certificate server --password-file ca.pw > serve.json 2> serve.log & echo $! > serve.pid',
    },
    {
      run: 'for i in $(seq 100); do grep -q url serve.json && break; sleep 0.1; done; cat serve.json',
      keep: (output) => ({ URL: json(output).url.replace('127.0.0.1', 'localhost') }),
      json: ({ url }) => url.startsWith('https://127.0.0.1:'),
      brief: 12,
    },
    { run: `${CURL} $URL/healthz`, says: [/ok/i], needs: 'curl' },
    {
      note: 'the CRL is there for everyone',
      run: `${CURL} $URL/crl/root.crl | openssl crl -inform DER -noout -issuer`,
      says: [/Tour Root/],
      needs: 'curl',
    },
  ],
}

export const SERVE_CHAPTERS = [setUp, serving]
