#!/usr/bin/env bash
# Makes fixtures/requests and fixtures/openssl-ca: requests good and bad, a CA as `openssl ca` keeps it, and the answers of
# another CA. Needs openssl 3 and python3. Run it only to change them: every run draws new keys.
set -euo pipefail
cd "$(dirname "$0")/../fixtures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
password=s3cret-Pw
export OPENSSL_CONF=/dev/null

rm -rf openssl-ca && mkdir -p openssl-ca/newcerts openssl-ca/private requests
find requests -type f ! -name README.md -delete

cat >"$work/ca.cnf" <<CONF
[ca]
default_ca = it
[it]
dir = .
database = ./index.txt
new_certs_dir = ./newcerts
serial = ./serial
crlnumber = ./crlnumber
certificate = ./cacert.pem
private_key = ./private/cakey.pem
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
default_crl_days = 7000
[any]
countryName = optional
organizationName = optional
commonName = optional
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = dn
[dn]
CONF

ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# csr FILE KEY SUBJECT [EXTENSION...]
csr() {
  local out=$1 key=$2 subject=$3 extensions=()
  shift 3
  for each in "$@"; do extensions+=(-addext "$each"); done
  openssl req -new -utf8 -config "$work/ca.cnf" -key "$key" -subj "$subject" "${extensions[@]}" -out "$out"
}

for name in web api mail old; do ec "$work/$name.key"; done
csr requests/web.csr "$work/web.key" /O=Example/CN=web.example subjectAltName=DNS:web.example,DNS:www.web.example,IP:192.0.2.7
csr requests/api.csr "$work/api.key" /CN=api.example subjectAltName=DNS:api.example
csr requests/empty-subject.csr "$work/mail.key" / subjectAltName=DNS:nameless.example
csr requests/ca-flag.csr "$work/mail.key" /CN=sub.example subjectAltName=DNS:sub.example basicConstraints=critical,CA:true keyUsage=keyCertSign
csr requests/code-signing.csr "$work/mail.key" /CN=code.example subjectAltName=DNS:code.example extendedKeyUsage=codeSigning
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out "$work/weak.key"
csr requests/weak-rsa-1024.csr "$work/weak.key" /CN=weak.example subjectAltName=DNS:weak.example
openssl pkcs8 -topk8 -v2 aes-256-cbc -in "$work/web.key" -passout "pass:$password" -out requests/web.key

# what openssl does not make: a signature over something else, and a version that does not exist
python3 - "$work" <<'PY'
import base64, pathlib, re, subprocess, sys
work = sys.argv[1]
def der(tag, body):
    size = bytes([len(body)]) if len(body) < 128 else (lambda n: bytes([128 + len(n)]) + n)(len(body).to_bytes((len(body).bit_length() + 7) // 8, 'big'))
    return bytes([tag]) + size + body
def parts(value):
    at, found = 0, []
    while at < len(value):
        head, length = 2, value[at + 1]
        if length > 127:
            head, length = 2 + length - 128, int.from_bytes(value[at + 2 : at + 2 + length - 128], 'big')
        found.append(value[at : at + head + length]); at += head + length
    return found
def inner(value): return value[2:] if value[1] < 128 else value[2 + value[1] - 128:]
def write(name, data):
    lines = base64.encodebytes(data).decode().replace('\n', '')
    body = '\n'.join(re.findall('.{1,64}', lines))
    pathlib.Path('requests/' + name).write_text(f'-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n')
pem = pathlib.Path('requests/api.csr').read_text()
whole = base64.b64decode(''.join(pem.split('\n')[1:-2]))
info, algorithm, _ = parts(inner(whole))
def sign(data): return der(3, b'\0' + subprocess.run(['openssl', 'dgst', '-sha256', '-sign', work + '/api.key'], input=data, capture_output=True, check=True).stdout)
write('broken-signature.csr', der(48, info + algorithm + sign(b'something else')))
fields = parts(inner(info))
wrong = der(48, b'\x02\x01\x01' + b''.join(fields[1:]))
write('version-2.csr', der(48, wrong + algorithm + sign(wrong)))
PY

# a CA as openssl keeps it: three certificates, one of them revoked, one expired
cd openssl-ca
ec "$work/ca.key"
openssl pkcs8 -topk8 -v2 aes-256-cbc -in "$work/ca.key" -passout "pass:$password" -out private/cakey.pem
: >index.txt
echo 'unique_subject = no' >index.txt.attr
echo 1000 >serial
echo 03 >crlnumber
csr "$work/ca.csr" "$work/ca.key" '/O=Example/CN=Example Signing CA'
ca() { openssl ca -batch -notext -utf8 -config "$work/ca.cnf" -passin "pass:$password" "$@" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }; }
openssl ca -batch -notext -config "$work/ca.cnf" -selfsign -keyfile "$work/ca.key" -extensions authority \
  -startdate 20260101000000Z -enddate 20451231235959Z -in "$work/ca.csr" -out cacert.pem 2>"$work/log" || { cat "$work/log"; exit 1; }
for name in mail old; do csr "$work/$name.csr" "$work/$name.key" "/CN=$name.example" "subjectAltName=DNS:$name.example"; done
ca -extensions server -startdate 20260101000000Z -enddate 20270101000000Z -in "$work/mail.csr" -out "$work/mail.pem"
ca -extensions server -startdate 20260101000000Z -enddate 20260201000000Z -in "$work/old.csr" -out "$work/old.pem"
ca -extensions server -startdate 20260101000000Z -enddate 20270101000000Z -in ../requests/code-signing.csr -out "$work/code.pem"
ca -revoke "$work/code.pem" -crl_reason keyCompromise
sed -i -E 's/^(R\t[^\t]*\t)[0-9]+Z/\1260215120000Z/' index.txt
ca -gencrl -crl_lastupdate 20260220000000Z -crl_nextupdate 20260401000000Z -out crl.pem
ca -updatedb
rm -f ./*.old
cd ..

# another CA answers the requests web and api, and one that ended long ago signs nothing
mkdir "$work/other" && cd "$work/other" && mkdir newcerts private && : >index.txt && echo 01 >serial
ec ca.key && cp ca.key private/cakey.pem
csr ca.csr ca.key '/CN=Elsewhere CA'
other() { openssl ca -batch -notext -config "$work/ca.cnf" "$@" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }; }
other -selfsign -keyfile ca.key -extensions authority -startdate 20260101000000Z -enddate 20351231235959Z -in ca.csr -out cacert.pem
cd - >/dev/null
for name in web api; do
  cp "requests/$name.csr" "$work/other/in.csr"
  (cd "$work/other" && other -extensions server -startdate 20260101000000Z -enddate 20270101000000Z -in in.csr -out out.pem)
  cat "$work/other/cacert.pem" "$work/other/out.pem" >"requests/$name-answer.pem"
done
(cd "$work/other" && csr ended.csr ca.key '/CN=Ended CA' && other -selfsign -keyfile ca.key -extensions authority \
  -startdate 20200101000000Z -enddate 20250101000000Z -in ended.csr -out ended.pem)
cat "$work/other/ended.pem" "$work/other/ca.key" >requests/ended-ca.pem
printf '%s\n' "$password" >requests/password.txt
