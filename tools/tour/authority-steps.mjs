// The tour goes on: an authority, a request, a signature, an export, a rejection, a revocation and the CRL, each read
// back by openssl.

export const authoritySteps = [
  {
    heading: 'Become an authority',
    steps: [
      {
        note: 'a root; its key is kept under the password (scripts), or one that is asked for twice (people)',
        run: 'certman -s ./pki ca create --subject "CN=Tour Root,O=Example" --name root --key-type ec-p256 --days 3650 --password-file password.txt --crl-url http://pki.example/root.crl',
        says: [/added +authority 1 +root/],
      },
      {
        note: 'somebody sends a request',
        needs: 'openssl',
        run: 'openssl req -new -newkey rsa:2048 -nodes -keyout app.key -out app.csr -subj /CN=app.example -addext subjectAltName=DNS:app.example,IP:192.0.2.7 && certman -s ./pki request --csr app.csr --name app',
        says: [/added +request \d+ +app/],
      },
      {
        note: 'or the key is made here too: then the store can write a PFX later',
        run: 'certman -s ./pki request --subject CN=portal.example --san dns:portal.example --san dns:www.portal.example --name portal',
        says: [/added +request \d+ +portal/],
      },
      {
        run: "certman -s ./pki list requests --filter 'state = outstanding'",
        says: [/portal\.example/],
      },
      {
        note: 'what would be issued, and whether anything speaks against it',
        run: 'certman -s ./pki sign portal --ca root --profile server --days 90 --password-file password.txt --dry-run',
        says: [/dry run/],
      },
      {
        run: 'certman -s ./pki sign portal --ca root --profile server --days 90 --password-file password.txt',
        says: [/issued +certificate/],
      },
      {
        note: 'a request that nobody stands up for',
        needs: 'openssl',
        run: 'certman -s ./pki reject app --reason "no ticket"',
        says: [/rejected +request/],
      },
      {
        note: 'rejected is final',
        needs: 'openssl',
        run: 'certman -s ./pki sign app --password-file password.txt',
        status: 5,
        says: [/rejected, and that is final/],
      },
    ],
  },
  {
    heading: 'What others say about it',
    steps: [
      {
        before:
          'certman -s ./pki ca export root --format pem --out tour-root.pem; certman -s ./pki export portal --format pem --chain --no-root --out portal.pem',
        needs: 'openssl',
        run: 'openssl verify -x509_strict -CAfile tour-root.pem portal.pem',
        says: [/portal\.pem: OK/],
      },
      {
        note: 'as PFX, key and chain in it',
        run: 'certman -s ./pki export portal --format p12 --for windows-2016 --password-file password.txt --out portal.pfx',
        says: [/with the private key/],
      },
      {
        needs: 'openssl',
        run: 'openssl pkcs12 -in portal.pfx -passin file:password.txt -nokeys -clcerts -legacy | openssl x509 -noout -subject -ext subjectAltName',
        says: [/DNS:www\.portal\.example/],
      },
    ],
  },
  {
    heading: 'Revoke',
    steps: [
      {
        run: 'certman -s ./pki revoke portal --reason keyCompromise --yes --password-file password.txt',
        says: [/revoked +certificate/, /CRL signed +authority 1/],
      },
      {
        note: 'the CRL is there at once, and current',
        run: 'certman -s ./pki ca crl root > root.crl && certman show --file root.crl',
        says: [/keyCompromise/],
      },
      {
        needs: 'openssl',
        run: 'openssl verify -x509_strict -crl_check_all -CAfile tour-root.pem -CRLfile root.crl portal.pem',
        status: 2,
        says: [/certificate revoked/],
      },
      { run: 'certman -s ./pki ca list', says: [/root/] },
      { run: 'certman store check ./pki', says: [/no doubt/] },
    ],
  },
]
