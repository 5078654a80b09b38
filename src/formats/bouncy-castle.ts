/** How a key store that only Bouncy Castle reads becomes PKCS#12; keytool finds its types under the provider's class alone. */
export const withBouncyCastle = (type: string): string =>
  `convert it with Bouncy Castle: keytool -importkeystore -srcstoretype ${type} -srckeystore FILE -deststoretype PKCS12 -destkeystore NEW.p12 -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar`
