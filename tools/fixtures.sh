#!/usr/bin/env bash
# Makes the files under fixtures/ that are our own: a small PKI of "Example Intranet" in the forms that real machines hold.
# Needs openssl 3 (with its legacy provider) and keytool. Run it only to change them: every run draws new keys.
set -euo pipefail
cd "$(dirname "$0")/../fixtures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
password=s3cret-Pw

cat >"$work/ca.cnf" <<CONF
[ca]
default_ca = it
[it]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
email_in_dn = no
default_crl_days = 3650
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical,CA:true,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://pki.intranet.example/issuing.crl
[req]
distinguished_name = dn
[dn]
CONF
: >"$work/index.txt"

# key NAME [rsa]
key() {
  if [ "${2:-ec}" = rsa ]; then
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/$1.key" 2>/dev/null
  else
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"
  fi
}

# certificate NAME PROFILE SUBJECT SAN FROM TO [rsa]: signed by the issuing CA, or self-signed for the root
certificate() {
  local san=()
  key "$1" "${7:-ec}"
  [ -z "$4" ] || san=(-addext "subjectAltName=$4")
  openssl req -new -utf8 -config "$work/ca.cnf" -key "$work/$1.key" -subj "$3" "${san[@]}" -out "$work/$1.csr"
  local signer=(-cert "$work/issuing.pem" -keyfile "$work/issuing.key")
  [ "$1" != root ] || signer=(-selfsign -keyfile "$work/root.key")
  [ "$1" != issuing ] || signer=(-cert "$work/root.pem" -keyfile "$work/root.key")
  openssl ca -batch -notext -utf8 -config "$work/ca.cnf" -extensions "$2" -startdate "$5" -enddate "$6" \
    "${signer[@]}" -in "$work/$1.csr" -out "$work/$1.pem" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
}

from=20260101000000Z to=20351231235959Z
certificate root authority '/C=DE/O=Example Intranet/CN=Example Root CA' '' $from 20451231235959Z
certificate issuing issuing '/C=DE/O=Example Intranet/CN=Example Issuing CA 1' '' $from $to
certificate intranet server '/C=DE/O=Example Intranet/CN=intranet.example' 'DNS:intranet.example,DNS:www.intranet.example' $from $to rsa
certificate web server '/C=DE/O=Example Intranet/CN=web.intranet.example' 'DNS:web.intranet.example,IP:192.0.2.10' $from $to
certificate mail server '/C=DE/O=Example Intranet/OU=Post/CN=mail.intranet.example' 'DNS:mail.intranet.example,DNS:imap.intranet.example' $from $to
certificate api server '/C=DE/O=Example Intranet/CN=api.intranet.example' 'DNS:api.intranet.example,DNS:*.api.intranet.example' $from $to
certificate ldap server '/C=DE/O=Example Intranet/CN=ldap.intranet.example' 'DNS:ldap.intranet.example' $from $to
certificate old server '/C=DE/O=Example Intranet/CN=old.intranet.example' 'DNS:old.intranet.example' 20200101000000Z 20210101000000Z
certificate shop server '/C=DE/O=Example Intranet/CN=shop.intranet.example' 'DNS:shop.intranet.example' $from $to rsa

folder() {
  mkdir -p "$1"
  find "$1" -type f ! -name README.md -delete
}

# As Windows writes it: 3DES and SHA-1 with 2,000 iterations, provider name and LocalMachineKeyset on the key, whole chain
folder windows
cat "$work/issuing.pem" "$work/root.pem" >"$work/chain.pem"
openssl pkcs12 -export -legacy -in "$work/intranet.pem" -inkey "$work/intranet.key" -certfile "$work/chain.pem" \
  -name intranet.example -CSP 'Microsoft Software Key Storage Provider' -LMK -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES \
  -macalg sha1 -iter 2000 -passout "pass:$password" -out windows/intranet.pfx
printf '%s\n' "$password" >windows/password.txt

folder pkcs7
openssl crl2pkcs7 -nocrl -certfile "$work/mail.pem" -certfile "$work/issuing.pem" -certfile "$work/root.pem" -out pkcs7/mail-chain.p7b
openssl crl2pkcs7 -nocrl -certfile "$work/mail.pem" -certfile "$work/issuing.pem" -certfile "$work/root.pem" -outform DER -out pkcs7/mail-chain.p7c

folder keys
openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -in "$work/web.key" -passout "pass:$password" -out keys/web.key
cp "$work/web.pem" keys/web.pem
printf '%s\n' "$password" >keys/password.txt

# A keystore of Java: a key entry with its chain, and a trusted certificate
folder java
openssl pkcs12 -export -in "$work/shop.pem" -inkey "$work/shop.key" -certfile "$work/chain.pem" -name shop -passout "pass:$password" -out "$work/shop.p12"
keytool -importkeystore -noprompt -srckeystore "$work/shop.p12" -srcstorepass "$password" -srcstoretype PKCS12 \
  -destkeystore java/shop-keystore.p12 -deststoretype PKCS12 -deststorepass "$password" 2>/dev/null
keytool -importcert -noprompt -trustcacerts -alias example-root -file "$work/root.pem" -keystore java/shop-keystore.p12 -storepass "$password" 2>/dev/null
keytool -importkeystore -noprompt -srckeystore "$work/shop.p12" -srcstorepass "$password" -srcstoretype PKCS12 \
  -destkeystore java/shop-keystore.jks -deststoretype JKS -deststorepass "$password" 2>/dev/null
printf '%s\n' "$password" >java/password.txt

# What lies about in a folder of an old server
folder mixed
mkdir -p mixed/ldap
openssl x509 -in "$work/api.pem" -outform DER -out mixed/api.cer
openssl x509 -in "$work/mail.pem" -text -out mixed/mail-with-text.pem
sed 's/$/\r/' "$work/old.pem" >mixed/old-crlf.crt
cat "$work/ldap.pem" "$work/issuing.pem" >mixed/ldap/fullchain.pem
cp "$work/ldap.key" mixed/ldap/privkey.pem
cp "$work/api.csr" mixed/api.csr
openssl ca -config "$work/ca.cnf" -cert "$work/issuing.pem" -keyfile "$work/issuing.key" -revoke "$work/old.pem" -crl_reason superseded 2>/dev/null
openssl ca -gencrl -config "$work/ca.cnf" -cert "$work/issuing.pem" -keyfile "$work/issuing.key" -out mixed/issuing.crl 2>/dev/null
sed '5s/[A-Za-z0-9]/!/3' "$work/web.pem" >mixed/damaged.pem
printf 'Renew the mail certificate in December. Ask Kim for the password of the PFX.\n' >mixed/notes.txt

folder bundle
cat "$work/root.pem" "$work/issuing.pem" >bundle/example-ca-bundle.pem
