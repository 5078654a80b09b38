/** Named curves: NIST names where there is one (FIPS 186-4), else those of SEC 2, RFC 5639, X9.62, WAP and GM/T 0003. */
export const CURVES = `
1.2.840.10045.3.1.1 P-192 secp192r1 prime192v1
1.2.840.10045.3.1.7 P-256 prime256v1 secp256r1
1.3.132.0.33 P-224 secp224r1
1.3.132.0.34 P-384 secp384r1
1.3.132.0.35 P-521 secp521r1
1.2.840.10045.3.1.2 prime192v2
1.2.840.10045.3.1.3 prime192v3
1.2.840.10045.3.1.4 prime239v1
1.2.840.10045.3.1.5 prime239v2
1.2.840.10045.3.1.6 prime239v3
1.2.840.10045.3.0.1 c2pnb163v1
1.2.840.10045.3.0.2 c2pnb163v2
1.2.840.10045.3.0.3 c2pnb163v3
1.2.840.10045.3.0.4 c2pnb176v1
1.2.840.10045.3.0.5 c2tnb191v1
1.2.840.10045.3.0.6 c2tnb191v2
1.2.840.10045.3.0.7 c2tnb191v3
1.2.840.10045.3.0.8 c2onb191v4
1.2.840.10045.3.0.9 c2onb191v5
1.2.840.10045.3.0.10 c2pnb208w1
1.2.840.10045.3.0.11 c2tnb239v1
1.2.840.10045.3.0.12 c2tnb239v2
1.2.840.10045.3.0.13 c2tnb239v3
1.2.840.10045.3.0.14 c2onb239v4
1.2.840.10045.3.0.15 c2onb239v5
1.2.840.10045.3.0.16 c2pnb272w1
1.2.840.10045.3.0.17 c2pnb304w1
1.2.840.10045.3.0.18 c2tnb359v1
1.2.840.10045.3.0.19 c2pnb368w1
1.2.840.10045.3.0.20 c2tnb431r1
1.3.132.0.6 secp112r1
1.3.132.0.7 secp112r2
1.3.132.0.28 secp128r1
1.3.132.0.29 secp128r2
1.3.132.0.9 secp160k1
1.3.132.0.8 secp160r1
1.3.132.0.30 secp160r2
1.3.132.0.31 secp192k1
1.3.132.0.32 secp224k1
1.3.132.0.10 secp256k1
1.3.132.0.4 sect113r1
1.3.132.0.5 sect113r2
1.3.132.0.22 sect131r1
1.3.132.0.23 sect131r2
1.3.132.0.1 sect163k1
1.3.132.0.2 sect163r1
1.3.132.0.15 sect163r2
1.3.132.0.24 sect193r1
1.3.132.0.25 sect193r2
1.3.132.0.26 sect233k1
1.3.132.0.27 sect233r1
1.3.132.0.3 sect239k1
1.3.132.0.16 sect283k1
1.3.132.0.17 sect283r1
1.3.132.0.36 sect409k1
1.3.132.0.37 sect409r1
1.3.132.0.38 sect571k1
1.3.132.0.39 sect571r1
2.23.43.1.4.1 wap-wsg-idm-ecid-wtls1
2.23.43.1.4.3 wap-wsg-idm-ecid-wtls3
2.23.43.1.4.4 wap-wsg-idm-ecid-wtls4
2.23.43.1.4.5 wap-wsg-idm-ecid-wtls5
2.23.43.1.4.6 wap-wsg-idm-ecid-wtls6
2.23.43.1.4.7 wap-wsg-idm-ecid-wtls7
2.23.43.1.4.8 wap-wsg-idm-ecid-wtls8
2.23.43.1.4.9 wap-wsg-idm-ecid-wtls9
2.23.43.1.4.10 wap-wsg-idm-ecid-wtls10
2.23.43.1.4.11 wap-wsg-idm-ecid-wtls11
2.23.43.1.4.12 wap-wsg-idm-ecid-wtls12
1.3.36.3.3.2.8.1.1.1 brainpoolP160r1
1.3.36.3.3.2.8.1.1.2 brainpoolP160t1
1.3.36.3.3.2.8.1.1.3 brainpoolP192r1
1.3.36.3.3.2.8.1.1.4 brainpoolP192t1
1.3.36.3.3.2.8.1.1.5 brainpoolP224r1
1.3.36.3.3.2.8.1.1.6 brainpoolP224t1
1.3.36.3.3.2.8.1.1.7 brainpoolP256r1
1.3.36.3.3.2.8.1.1.8 brainpoolP256t1
1.3.36.3.3.2.8.1.1.9 brainpoolP320r1
1.3.36.3.3.2.8.1.1.10 brainpoolP320t1
1.3.36.3.3.2.8.1.1.11 brainpoolP384r1
1.3.36.3.3.2.8.1.1.12 brainpoolP384t1
1.3.36.3.3.2.8.1.1.13 brainpoolP512r1
1.3.36.3.3.2.8.1.1.14 brainpoolP512t1
1.2.156.10197.1.301 SM2 sm2p256v1
1.2.643.2.2.35.0 id-GostR3410-2001-TestParamSet
1.2.643.2.2.35.1 id-GostR3410-2001-CryptoPro-A-ParamSet
1.2.643.2.2.35.2 id-GostR3410-2001-CryptoPro-B-ParamSet
1.2.643.2.2.35.3 id-GostR3410-2001-CryptoPro-C-ParamSet
1.2.643.2.2.36.0 id-GostR3410-2001-CryptoPro-XchA-ParamSet
1.2.643.2.2.36.1 id-GostR3410-2001-CryptoPro-XchB-ParamSet
1.2.643.7.1.2.1.1.1 id-tc26-gost-3410-2012-256-paramSetA
1.2.643.7.1.2.1.2.1 id-tc26-gost-3410-2012-512-paramSetA
1.2.643.7.1.2.1.2.2 id-tc26-gost-3410-2012-512-paramSetB
1.2.643.7.1.2.1.2.3 id-tc26-gost-3410-2012-512-paramSetC
1.2.250.1.223.101.256.1 FRP256v1
`
