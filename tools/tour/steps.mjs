// The tour's steps: a heading, then command lines as a person types them. `says` must be found in the output
// (both streams), `status` is the exit status (default 0), `needs` a tool without which the step is left out.

import { authoritySteps } from './authority-steps.mjs'

const certmanSteps = [
  {
    heading: 'A store is a folder of plain files',
    steps: [{ run: 'certman store init ./pki' }],
  },
  {
    heading: 'Throw in everything that lies about',
    steps: [
      {
        note: 'a PFX as Windows writes it: certificate, key and chain',
        run: 'certman -s ./pki import intranet.pfx --password-file password.txt --name intranet',
      },
      {
        note: 'the CA bundle of this system',
        run: 'certman -s ./pki import ca-bundle.crt --tag system',
        brief: 4,
      },
      {
        note: 'a Java keystore',
        run: 'certman -s ./pki import shop-keystore.p12 --password-file password.txt',
      },
      { note: 'a PKCS#7 chain', run: 'certman -s ./pki import mail-chain.p7b --name mail' },
      {
        note: 'an encrypted key and its certificate: they find each other by the public key',
        run: 'certman -s ./pki import web.pem web.key --password-file password.txt --name web',
      },
      {
        note: 'a whole folder: what cannot be read is named, the rest lands (exit status 9)',
        run: 'certman -s ./pki import old-server',
        status: 9,
        says: [/damaged\.pem/, /line 5/],
      },
      {
        note: 'once more: nothing to do, and --exit-code says so',
        run: 'certman -s ./pki import mail-chain.p7b --exit-code',
        status: 10,
        says: [/unchanged|already/i],
      },
      {
        note: 'a wrong password',
        run: 'certman -s ./pki import intranet.pfx --password-file wrong.txt --no-input',
        status: 3,
        says: [/error: .*password/, /hint: /],
      },
    ],
  },
  {
    heading: 'Find things',
    steps: [
      {
        run: "certman -s ./pki list --filter \"issuer ~ 'Example' and not subject ~ ' CA'\"",
        says: [/intranet/, /shop/, /web/, /mail/],
      },
      { run: 'certman -s ./pki list --expired --subject Example', says: [/old\.intranet\.example/] },
      {
        note: 'the five that expire next',
        run: 'certman -s ./pki list --sort notAfter --state valid --limit 5',
      },
      {
        run: 'certman -s ./pki list --has-key --json --fields id,name,notAfter',
        json: (rows) => rows.length === 4,
      },
      { run: 'certman -s ./pki list keys', says: [/ec/i, /rsa/i] },
    ],
  },
  {
    heading: 'Look at things',
    steps: [
      {
        run: 'certman -s ./pki show intranet',
        says: [/www\.intranet\.example/, /Example Issuing CA 1/, /2035/],
      },
      {
        note: 'in a file, without any store',
        run: 'certman show --file old-server/api.cer',
        says: [/\*\.api/],
      },
      { run: 'certman show --file old-server/issuing.crl', says: [/Example Issuing CA 1/] },
    ],
  },
]

const exportSteps = [
  {
    heading: 'Get them out in the form that the next program wants',
    steps: [
      {
        note: 'nginx: certificate and issuers in one PEM file',
        run: 'certman -s ./pki export web --format fullchain --out web-fullchain.pem',
      },
      {
        needs: 'openssl',
        run: 'openssl verify -CAfile root.pem -untrusted web-fullchain.pem web-fullchain.pem',
        says: [/OK/],
        before: 'certman -s ./pki export $ROOT --format crt --out root.pem',
      },
      {
        note: 'an old Java: PKCS#12 of its kind',
        run: 'certman -s ./pki export intranet --format p12 --for java8 --password-file password.txt --out intranet.p12',
      },
      {
        needs: 'keytool',
        run: 'keytool -list -keystore intranet.p12 -storepass "$(cat password.txt)"',
        says: [/PrivateKeyEntry/],
      },
      {
        needs: 'openssl',
        run: 'openssl pkcs12 -in intranet.p12 -legacy -noout -passin file:password.txt -info',
        says: [/MAC/],
      },
      {
        note: 'the private key, protected',
        run: 'certman -s ./pki export web --format key --password-file password.txt --out web-copy.key',
      },
      {
        needs: 'openssl',
        run: 'openssl pkey -in web-copy.key -passin file:password.txt -noout -text',
        says: [/P-256/],
        brief: 3,
      },
      {
        note: 'Windows: the chain as PKCS#7',
        run: 'certman -s ./pki export mail --format p7b --out mail.p7b',
      },
      {
        needs: 'openssl',
        run: 'openssl pkcs7 -in mail.p7b -print_certs -noout',
        says: [/mail\.intranet\.example/, /Example Root CA/],
      },
      {
        note: 'nothing is overwritten by accident',
        run: 'certman -s ./pki export web --format p7b --out mail.p7b',
        status: 5,
        says: [/hint: .*--force/],
      },
    ],
  },
  {
    heading: 'Keep order',
    steps: [
      { run: 'certman -s ./pki edit web --tag production' },
      { run: 'certman -s ./pki delete mail --yes' },
      { run: 'certman -s ./pki trash list', says: [/mail/] },
      { run: 'certman -s ./pki restore mail' },
      { note: 'every file verified; exit status 1 on any doubt', run: 'certman store check ./pki' },
      {
        note: 'other programs read the files of the store as they are',
        needs: 'openssl',
        run: 'openssl x509 -in pki/certificates/00/1.pem -noout -subject -enddate',
        says: [/subject=.*intranet\.example/],
      },
    ],
  },
]

export const CHAPTERS = [...certmanSteps, ...exportSteps, ...authoritySteps]
