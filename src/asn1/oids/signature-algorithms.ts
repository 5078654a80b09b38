/**
 * Signature algorithms under their RFC names (RFC 4055, 5758, 8410, 9881, 9814, 9215; OIW and GOST for old ones). After `=`
 * stand the type of key that each goes with and its digest, as node:crypto calls them, where OpenSSL can verify it.
 */
export const SIGNATURE_ALGORITHMS = `
1.2.840.113549.1.1.2 md2WithRSAEncryption
1.2.840.113549.1.1.3 md4WithRSAEncryption =rsa/md4
1.2.840.113549.1.1.4 md5WithRSAEncryption =rsa/md5
1.2.840.113549.1.1.5 sha1WithRSAEncryption =rsa/sha1
1.2.840.113549.1.1.10 rsassaPss
1.2.840.113549.1.1.11 sha256WithRSAEncryption =rsa/sha256
1.2.840.113549.1.1.12 sha384WithRSAEncryption =rsa/sha384
1.2.840.113549.1.1.13 sha512WithRSAEncryption =rsa/sha512
1.2.840.113549.1.1.14 sha224WithRSAEncryption =rsa/sha224
1.2.840.113549.1.1.15 sha512-224WithRSAEncryption =rsa/sha512-224
1.2.840.113549.1.1.16 sha512-256WithRSAEncryption =rsa/sha512-256
2.16.840.1.101.3.4.3.13 id-rsassa-pkcs1-v1-5-with-sha3-224 =rsa/sha3-224
2.16.840.1.101.3.4.3.14 id-rsassa-pkcs1-v1-5-with-sha3-256 =rsa/sha3-256
2.16.840.1.101.3.4.3.15 id-rsassa-pkcs1-v1-5-with-sha3-384 =rsa/sha3-384
2.16.840.1.101.3.4.3.16 id-rsassa-pkcs1-v1-5-with-sha3-512 =rsa/sha3-512
1.3.6.1.5.5.7.6.30 id-RSASSA-PSS-SHAKE128
1.3.6.1.5.5.7.6.31 id-RSASSA-PSS-SHAKE256
1.3.6.1.5.5.7.6.32 id-ecdsa-with-shake128
1.3.6.1.5.5.7.6.33 id-ecdsa-with-shake256
1.3.14.3.2.3 md5WithRSA =rsa/md5
1.3.14.3.2.15 shaWithRSAEncryption
1.3.14.3.2.29 sha1WithRSA =rsa/sha1
1.3.36.3.3.1.2 ripemd160WithRSA =rsa/ripemd160
1.2.840.10045.4.1 ecdsa-with-SHA1 =ec/sha1
1.2.840.10045.4.2 ecdsa-with-Recommended
1.2.840.10045.4.3 ecdsa-with-Specified
1.2.840.10045.4.3.1 ecdsa-with-SHA224 =ec/sha224
1.2.840.10045.4.3.2 ecdsa-with-SHA256 =ec/sha256
1.2.840.10045.4.3.3 ecdsa-with-SHA384 =ec/sha384
1.2.840.10045.4.3.4 ecdsa-with-SHA512 =ec/sha512
2.16.840.1.101.3.4.3.9 id-ecdsa-with-sha3-224 =ec/sha3-224
2.16.840.1.101.3.4.3.10 id-ecdsa-with-sha3-256 =ec/sha3-256
2.16.840.1.101.3.4.3.11 id-ecdsa-with-sha3-384 =ec/sha3-384
2.16.840.1.101.3.4.3.12 id-ecdsa-with-sha3-512 =ec/sha3-512
1.2.840.10040.4.3 dsa-with-SHA1 =dsa/sha1
1.3.14.3.2.13 dsaWithSHA
1.3.14.3.2.27 dsaWithSHA1 =dsa/sha1
2.16.840.1.101.3.4.3.1 dsa-with-SHA224 =dsa/sha224
2.16.840.1.101.3.4.3.2 dsa-with-SHA256 =dsa/sha256
2.16.840.1.101.3.4.3.3 dsa-with-SHA384 =dsa/sha384
2.16.840.1.101.3.4.3.4 dsa-with-SHA512 =dsa/sha512
2.16.840.1.101.3.4.3.5 dsa-with-SHA3-224 =dsa/sha3-224
2.16.840.1.101.3.4.3.6 dsa-with-SHA3-256 =dsa/sha3-256
2.16.840.1.101.3.4.3.7 dsa-with-SHA3-384 =dsa/sha3-384
2.16.840.1.101.3.4.3.8 dsa-with-SHA3-512 =dsa/sha3-512
1.2.156.10197.1.501 sm2-with-SM3
1.2.156.10197.1.503 sm2-with-SHA256
1.2.643.2.2.3 id-GostR3411-94-with-GostR3410-2001
1.2.643.2.2.4 id-GostR3411-94-with-GostR3410-94
1.2.643.7.1.1.3.2 id-tc26-signwithdigest-gost3410-12-256
1.2.643.7.1.1.3.3 id-tc26-signwithdigest-gost3410-12-512
1.3.6.1.5.5.7.6.2 id-alg-noSignature
1.3.6.1.5.5.7.6.3 id-alg-dh-sig-hmac-sha1
1.3.6.1.5.5.7.6.36 id-alg-unsigned
1.2.840.113549.1.9.16.3.17 id-alg-hss-lms-hashsig
1.3.6.1.5.5.7.6.34 id-alg-xmss-hashsig
1.3.6.1.5.5.7.6.35 id-alg-xmssmt-hashsig
1.3.6.1.4.1.44363.47.0 id-xmss-old
0.4.0.127.0.15.1.1.13.0 id-alg-xmss
`
