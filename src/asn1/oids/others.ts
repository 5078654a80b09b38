/** Digests and mask generation, as they stand in algorithm parameters. */
export const DIGESTS = `
1.2.840.113549.2.2 md2
1.2.840.113549.2.4 md4
1.2.840.113549.2.5 md5
1.3.14.3.2.26 sha1
2.16.840.1.101.3.4.2.1 sha256
2.16.840.1.101.3.4.2.2 sha384
2.16.840.1.101.3.4.2.3 sha512
2.16.840.1.101.3.4.2.4 sha224
2.16.840.1.101.3.4.2.5 sha512-224
2.16.840.1.101.3.4.2.6 sha512-256
2.16.840.1.101.3.4.2.7 sha3-224
2.16.840.1.101.3.4.2.8 sha3-256
2.16.840.1.101.3.4.2.9 sha3-384
2.16.840.1.101.3.4.2.10 sha3-512
2.16.840.1.101.3.4.2.11 shake128
2.16.840.1.101.3.4.2.12 shake256
1.3.36.3.2.1 ripemd160
1.2.156.10197.1.401 sm3
1.2.643.2.2.9 gostR3411-94
1.2.643.7.1.1.2.2 gostR3411-2012-256
1.2.643.7.1.1.2.3 gostR3411-2012-512
1.2.840.113549.1.1.8 mgf1
`

/** Attributes of requests and of PKCS#12 bags (RFC 2985, MS-WCCE). */
export const REQUEST_ATTRIBUTES = `
1.2.840.113549.1.9.7 challengePassword
1.2.840.113549.1.9.14 extensionRequest
1.2.840.113549.1.9.16.2.60 privateKeyPossessionStatement
1.2.840.113549.1.9.20 friendlyName
1.2.840.113549.1.9.21 localKeyId
1.3.6.1.4.1.311.2.1.14 msExtensionRequest
1.3.6.1.4.1.311.13.1 msRenewalCertificate
1.3.6.1.4.1.311.13.2.1 msEnrollmentNameValuePair
1.3.6.1.4.1.311.13.2.2 msEnrollmentCsp
1.3.6.1.4.1.311.13.2.3 msOsVersion
1.3.6.1.4.1.311.17.1 msKeyProviderName
1.3.6.1.4.1.311.17.2 msLocalMachineKeyset
1.3.6.1.4.1.311.21.20 msRequestClientInfo
`

/** Access methods, policies, policy qualifiers, QC statements, other names: what stands inside extensions. */
export const OTHERS = `
1.3.6.1.5.5.7.48.1 ocsp OCSP
1.3.6.1.5.5.7.48.2 caIssuers
1.3.6.1.5.5.7.48.3 timeStamping
1.3.6.1.5.5.7.48.4 dvcs
1.3.6.1.5.5.7.48.5 caRepository
1.3.6.1.5.5.7.48.10 rpkiManifest
1.3.6.1.5.5.7.48.11 signedObject
1.3.6.1.5.5.7.48.13 rpkiNotify
2.5.29.32.0 anyPolicy
2.23.140.1.1 extendedValidation
2.23.140.1.2.1 domainValidated
2.23.140.1.2.2 organizationValidated
2.23.140.1.2.3 individualValidated
2.23.140.1.3 extendedValidationCodeSigning
2.23.140.1.4.1 codeSigningRequirements
1.3.6.1.5.5.7.2.1 cps
1.3.6.1.5.5.7.2.2 userNotice
1.3.6.1.5.5.7.8.3 permanentIdentifier
1.3.6.1.5.5.7.8.4 hardwareModuleName
1.3.6.1.5.5.7.8.5 xmppAddr
1.3.6.1.5.5.7.8.7 srvName
1.3.6.1.5.5.7.8.8 naiRealm
1.3.6.1.5.5.7.8.9 smtpUTF8Mailbox
1.3.6.1.5.2.2 kerberosPrincipalName
1.3.6.1.4.1.311.20.2.3 userPrincipalName
1.3.6.1.4.1.311.25.1 ntdsReplication
1.3.6.1.4.1.311.25.2.1 ntdsObjectSid
1.3.6.1.5.5.7.11.1 pkixQCSyntaxV1
1.3.6.1.5.5.7.11.2 pkixQCSyntaxV2
0.4.0.1862.1.1 qcCompliance
0.4.0.1862.1.2 qcLimitValue
0.4.0.1862.1.3 qcRetentionPeriod
0.4.0.1862.1.4 qcSSCD
0.4.0.1862.1.5 qcPDS
0.4.0.1862.1.6 qcType
0.4.0.1862.1.6.1 esign
0.4.0.1862.1.6.2 eseal
0.4.0.1862.1.6.3 web
0.4.0.1862.1.7 qcCClegislation
0.4.0.19495.2 psd2QcStatement
1.3.6.1.5.5.7.21.0 anyLanguage
1.3.6.1.5.5.7.21.1 inheritAll
1.3.6.1.5.5.7.21.2 independent
1.2.840.10040.2.1 holdInstructionNone
1.2.840.10040.2.2 holdInstructionCallIssuer
1.2.840.10040.2.3 holdInstructionReject
2.16.840.1.101.3.4.1.2 aes128-CBC
2.16.840.1.101.3.4.1.22 aes192-CBC
2.16.840.1.101.3.4.1.42 aes256-CBC
2.16.840.1.101.3.4.1.6 aes128-GCM
2.16.840.1.101.3.4.1.26 aes192-GCM
2.16.840.1.101.3.4.1.46 aes256-GCM
2.16.840.1.101.3.4.1.5 aes128-wrap
2.16.840.1.101.3.4.1.25 aes192-wrap
2.16.840.1.101.3.4.1.45 aes256-wrap
1.2.840.113549.3.2 rc2-CBC
1.2.840.113549.3.4 rc4
1.2.840.113549.3.7 des-EDE3-CBC
1.3.14.3.2.7 des-CBC
1.2.840.113533.7.66.10 cast5-CBC
1.2.410.200004.1.4 seed-CBC
1.3.6.1.4.1.188.7.1.1.2 idea-CBC
1.3.6.1.4.1.3029.1.2 bf-CBC
2.16.840.1.101.3.4.1.3 aes128-OFB
2.16.840.1.101.3.4.1.4 aes128-CFB
2.16.840.1.101.3.4.1.23 aes192-OFB
2.16.840.1.101.3.4.1.24 aes192-CFB
2.16.840.1.101.3.4.1.43 aes256-OFB
2.16.840.1.101.3.4.1.44 aes256-CFB
`
