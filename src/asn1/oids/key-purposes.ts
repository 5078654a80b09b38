/** KeyPurposeIds (RFC 5280 section 4.2.1.12) and those of vendors. */
export const KEY_PURPOSES = `
2.5.29.37.0 anyExtendedKeyUsage any
1.3.6.1.5.5.7.3.1 serverAuth server-auth
1.3.6.1.5.5.7.3.2 clientAuth client-auth
1.3.6.1.5.5.7.3.3 codeSigning code-signing
1.3.6.1.5.5.7.3.4 emailProtection email-protection
1.3.6.1.5.5.7.3.5 ipsecEndSystem
1.3.6.1.5.5.7.3.6 ipsecTunnel
1.3.6.1.5.5.7.3.7 ipsecUser
1.3.6.1.5.5.7.3.8 timeStamping time-stamping
1.3.6.1.5.5.7.3.9 OCSPSigning ocspSigning ocsp-signing
1.3.6.1.5.5.7.3.10 dvcs
1.3.6.1.5.5.7.3.13 eapOverPPP
1.3.6.1.5.5.7.3.14 eapOverLAN
1.3.6.1.5.5.7.3.15 scvpServer
1.3.6.1.5.5.7.3.16 scvpClient
1.3.6.1.5.5.7.3.17 ipsecIKE
1.3.6.1.5.5.7.3.20 sipDomain
1.3.6.1.5.5.7.3.21 secureShellClient
1.3.6.1.5.5.7.3.22 secureShellServer
1.3.6.1.5.5.7.3.23 sendRouter
1.3.6.1.5.5.7.3.24 sendProxiedRouter
1.3.6.1.5.5.7.3.25 sendOwner
1.3.6.1.5.5.7.3.26 sendProxiedOwner
1.3.6.1.5.5.7.3.27 cmcCA
1.3.6.1.5.5.7.3.28 cmcRA
1.3.6.1.5.5.7.3.29 cmcArchive
1.3.6.1.5.5.7.3.30 bgpsecRouter
1.3.6.1.5.5.7.3.31 brandIndicatorForMessageIdentification
1.3.6.1.5.5.7.3.32 cmKGA
1.3.6.1.5.5.7.3.35 bundleSecurity
1.3.6.1.5.5.7.3.36 documentSigning
1.3.6.1.5.2.3.4 pkinitClientAuth
1.3.6.1.5.2.3.5 pkinitKDC
1.3.6.1.4.1.311.2.1.21 msIndividualCodeSigning
1.3.6.1.4.1.311.2.1.22 msCommercialCodeSigning
1.3.6.1.4.1.311.10.3.1 msTrustListSigning
1.3.6.1.4.1.311.10.3.3 msServerGatedCrypto
1.3.6.1.4.1.311.10.3.4 msEncryptedFileSystem
1.3.6.1.4.1.311.10.3.4.1 msEfsRecovery
1.3.6.1.4.1.311.10.3.5 msWhqlCrypto
1.3.6.1.4.1.311.10.3.9 msRootListSigner
1.3.6.1.4.1.311.10.3.10 msQualifiedSubordination
1.3.6.1.4.1.311.10.3.11 msKeyRecovery
1.3.6.1.4.1.311.10.3.12 msDocumentSigning
1.3.6.1.4.1.311.10.3.13 msLifetimeSigning
1.3.6.1.4.1.311.20.2.1 msEnrollmentAgent
1.3.6.1.4.1.311.20.2.2 msSmartcardLogon
1.3.6.1.4.1.311.21.5 msCaExchange
1.3.6.1.4.1.311.21.6 msKeyRecoveryAgent
1.3.6.1.4.1.311.21.19 msDsEmailReplication
1.3.6.1.4.1.311.54.1.2 msRemoteDesktopAuthentication
1.3.6.1.4.1.311.67.1.1 msBitLockerEncryption
1.3.6.1.4.1.311.67.1.2 msBitLockerRecovery
1.3.6.1.4.1.311.76.8.1 msPublisher
1.3.6.1.4.1.11129.2.4.4 ctPrecertificateSigning
2.16.840.1.113730.4.1 netscapeServerGatedCrypto
2.16.840.1.113733.1.8.1 verisignServerGatedCrypto
1.2.840.113583.1.1.5 adobeAuthenticDocumentsTrust
1.2.840.113635.100.4.1 appleCodeSigning
1.2.840.113635.100.4.2 appleCodeSigningDevelopment
1.2.840.113635.100.4.3 appleSoftwareUpdateSigning
1.2.840.113635.100.4.4 appleCodeSigningThirdParty
2.23.136.1.1.3 icaoMasterListSigning
2.16.840.1.101.3.6.7 pivContentSigning
2.16.840.1.101.3.6.8 pivCardAuthentication
1.0.18013.5.1.2 mdlDocumentSigning
`
