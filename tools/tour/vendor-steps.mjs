// The steps of the vendors' tour: one server, five dialects, each by our own command and by the plain calls of the
// vendor's documents.

import { SERVE_CHAPTERS } from './serve-steps.mjs'

const json = (output) => JSON.parse(output)
const TLS = '--ca-file root.pem'
const CURL = 'curl -sS --cacert root.pem'

/** A request made elsewhere. */
const csr = (name) =>
  `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -subj "/CN=${name}.example" -addext "subjectAltName=DNS:${name}.example" -out ${name}.csr`

const idOf = (name) => (output) => ({ [name]: json(output).id ?? json(output)[0].id })

const keyfactor = {
  heading: 'Keyfactor Command',
  steps: [
    { run: `certman store add kf --kind keyfactor --url $URL --user ann --password-file user.pw ${TLS}` },
    { run: 'certman store show kf', says: [/Keyfactor Command/, /ann/], brief: 12 },
    { run: 'certman -s kf list', says: [/intranet/] },
    {
      run: 'certman -s kf show intranet --json',
      json: ({ fingerprint }) => fingerprint.length === 64,
      brief: 8,
    },
    {
      before:
        'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout shop.key -out shop.pem -subj "/CN=shop.example" -days 90',
      run: 'certman -s kf import shop.pem shop.key --name web',
      says: [/web/],
    },
    { run: 'certman -s kf export web --format pem --out -', says: [/BEGIN CERTIFICATE/], brief: 3 },
    { run: 'certman -s kf export web --format p12 --password-file user.pw --out web.p12' },
    { run: 'certman -s kf --json request --csr one.csr', before: csr('one'), keep: idOf('ONE'), brief: 6 },
    { run: 'certman -s kf list requests', says: [/one\.example/] },
    { run: 'certman -s kf sign requests/$ONE', brief: 3 },
    { run: 'certman -s kf --json request --csr two.csr', before: csr('two'), keep: idOf('TWO'), brief: 6 },
    { run: 'certman -s kf reject requests/$TWO --reason "no ticket"' },
    {
      run: 'certman -s kf --json list --filter "cn = one.example"',
      keep: (output) => ({ CERT: json(output)[0].id }),
      json: ([row]) => row.state === 'valid',
      brief: 5,
    },
    { run: 'certman -s kf revoke $CERT --reason superseded -y' },
    { run: 'certman -s kf delete web -y' },
    {
      note: 'what it cannot do is refused before anything is sent',
      run: 'certman -s kf ca crl root',
      status: 5,
      says: [/Keyfactor Command .*cannot/],
    },
    {
      note: 'as its reference shows it: POST /Certificates/Download',
      run: `${CURL} -u "ann:Passw0rd!x" -H "X-Keyfactor-Requested-With: APIClient" -H "X-CertificateFormat: PEM" -H "Content-Type: application/json" -d '{"CertID": '$CERT', "IncludeChain": true, "ChainOrder": "EndEntityFirst"}' $URL/KeyfactorAPI/Certificates/Download`,
      json: ({ Content }) => Content.length > 400,
      needs: 'curl',
      brief: 2,
    },
  ],
}

const notary = {
  heading: 'Canonical Notary',
  steps: [
    { run: `certman store add no --kind notary --url $URL --user ann --password-file user.pw ${TLS}` },
    { run: 'certman store show no', says: [/Canonical Notary/], brief: 12 },
    { run: 'certman -s no list authorities', says: [/Tour Root/] },
    {
      run: 'certman -s no --json request --csr three.csr',
      before: csr('three'),
      keep: idOf('THREE'),
      brief: 6,
    },
    { run: 'certman -s no --json request --csr four.csr', before: csr('four'), keep: idOf('FOUR'), brief: 6 },
    { run: 'certman -s no sign requests/$THREE', brief: 3 },
    { run: 'certman -s no reject requests/$FOUR' },
    { run: 'certman -s no list requests', says: [/issued/, /rejected/] },
    {
      run: 'certman -s no --json list --filter "cn = three.example"',
      keep: (output) => ({ CERT: json(output)[0].id }),
      brief: 5,
    },
    { run: 'certman -s no export $CERT --format pem --chain --out -', says: [/BEGIN CERTIFICATE/], brief: 3 },
    { run: 'certman -s no revoke $CERT -y' },
    { run: 'certman -s no delete requests/$FOUR -y' },
    { run: 'certman -s no import shop.pem', status: 5, says: [/Canonical Notary .*cannot/] },
    {
      run: `${CURL} -c cookies -d '{"email": "ann", "password": "Passw0rd!x"}' $URL/login`,
      needs: 'curl',
      says: [/^\{/],
    },
    {
      note: 'GET /api/v1/certificate_requests',
      run: `${CURL} -b cookies $URL/api/v1/certificate_requests`,
      needs: 'curl',
      json: ({ data }) => data.some(({ status }) => status === 'Revoked'),
      hide: (output) => `${output.slice(0, 300)}…`,
    },
  ],
}

const azure = {
  heading: 'Azure API Management',
  steps: [
    {
      before: 'printf "%s\\n" "$SAS_KEY" > sas.key; chmod 600 sas.key',
      run: `certman store add apim --kind azure-apim --url $URL --user ann --password-file sas.key ${TLS}`,
    },
    { run: 'certman -s apim list', says: [/intranet/] },
    { run: 'certman -s apim show intranet', says: [/intranet/], brief: 8 },
    { run: 'certman -s apim import shop.pem shop.key --name web', says: [/web/] },
    {
      run: 'certman -s apim export web --format pem --out -',
      status: 5,
      says: [/Azure API Management .*cannot/],
    },
    { run: 'certman -s apim delete web -y' },
    {
      note: 'GET /certificates of its reference, with a shared access signature',
      run: `${CURL} -H "Authorization: $(certman store token apim)" "$URL/certificates?api-version=2014-02-14-preview"`,
      needs: 'curl',
      json: ({ value }) => value.some(({ subject }) => subject.length > 0),
      brief: 12,
    },
    {
      run: `${CURL} -o /dev/null -w "%{http_code}\\n" "$URL/certificates?api-version=2014-02-14-preview"`,
      needs: 'curl',
      says: [/401/],
    },
  ],
}

const d9tready = {
  heading: 'd9tready',
  steps: [
    { run: `certman store add d9 --kind d9tready --url $URL --user ann --password-file user.pw ${TLS}` },
    { run: 'certman -s d9 import shop.pem shop.key --name web', says: [/web/] },
    { run: 'certman -s d9 list', says: [/web/] },
    { run: 'certman -s d9 list keys' },
    { run: 'certman -s d9 export web --format p12 --password-file user.pw --out web-again.p12' },
    { run: 'certman -s d9 show web', says: [/web/], brief: 6 },
    { run: 'certman -s d9 sign 1', status: 5, says: [/d9tready .*cannot/] },
    { run: 'certman -s d9 delete web -y' },
    {
      note: 'GET /rest/certificates',
      run: `${CURL} -u "ann:Passw0rd!x" $URL/rest/certificates`,
      needs: 'curl',
      json: (rows) => rows.every(({ _links: [{ rel }] }) => rel === 'self'),
      hide: (output) => `${output.slice(0, 300)}…`,
    },
    {
      note: 'POST /rest/privatekeys: without a key a new one is made',
      run: `${CURL} -i -u "ann:Passw0rd!x" -H "Content-Type: application/json" -d '{"name": "My Key"}' $URL/rest/privatekeys`,
      needs: 'curl',
      says: [/201/, /location: https:\/\/localhost/i],
    },
  ],
}

const iis = {
  heading: 'IIS Administration',
  steps: [
    {
      before: 'printf "%s\\n" "$API_KEY" > api.key; chmod 600 api.key',
      run: `certman store add iis --kind iis --url $URL --password-file api.key ${TLS}`,
    },
    { run: 'certman store show iis', says: [/IIS Administration/], brief: 10 },
    { run: 'certman -s iis list', says: [/intranet/] },
    {
      run: 'certman -s iis --json list --filter "subject ~ intranet"',
      json: ([row]) => row.thumbprint.length === 40,
      brief: 8,
    },
    { run: 'certman -s iis import shop.pem', status: 5, says: [/IIS Administration .*cannot/] },
    {
      note: 'HEAD says how many there are',
      run: `${CURL} -I -H "Access-Token: Bearer $API_KEY" $URL/api/certificates`,
      needs: 'curl',
      says: [/x-total-count: \d/i],
    },
    {
      note: 'a range of them, as its page shows it',
      run: `${CURL} -H "Access-Token: Bearer $API_KEY" -H "Range: certificates=0-0" $URL/api/certificates`,
      needs: 'curl',
      json: ({ certificates }) => certificates.length === 1,
      brief: 12,
    },
  ],
}

const ending = {
  heading: 'Who may not, and the end',
  steps: [
    { run: `certman store add reader --kind keyfactor --url $URL --user rea --password-file user.pw ${TLS}` },
    { run: 'certman -s reader delete intranet -y', status: 8, says: [/403|forbidden|may not/i] },
    { run: `certman store add asker --kind notary --url $URL --user rob --password-file user.pw ${TLS}` },
    { run: 'certman -s asker --json request --csr five.csr', before: csr('five'), brief: 6 },
    { run: 'certman -s asker list requests', says: [/five\.example/] },
    { note: "its own, and nobody else's", run: 'certman -s asker list requests | grep -c three', status: 1 },
    {
      run: 'kill $(cat serve.pid); for i in $(seq 100); do kill -0 $(cat serve.pid) 2>/dev/null || break; sleep 0.1; done; cat serve.log',
      brief: 8,
    },
    { run: 'certman -s kf list', status: 7, says: [/nothing listens there/] },
    { run: 'certman -s ./pki store check', says: [/no doubt/] },
  ],
}

export const VENDOR_CHAPTERS = [...SERVE_CHAPTERS, keyfactor, notary, azure, d9tready, iis, ending]
