/**
 * Attribute types of names. First the short name that is printed: those of RFC 4514 section 3, then the ones
 * that OpenSSL prints in its RFC2253 mode. Aliases are what a person may type.
 */
export const ATTRIBUTE_TYPES = `
2.5.4.3 CN commonName
2.5.4.7 L localityName locality
2.5.4.8 ST stateOrProvinceName S SP
2.5.4.10 O organizationName
2.5.4.11 OU organizationalUnitName
2.5.4.6 C countryName
2.5.4.9 STREET streetAddress
0.9.2342.19200300.100.1.25 DC domainComponent
0.9.2342.19200300.100.1.1 UID userId
1.2.840.113549.1.9.1 emailAddress E email EMAIL
1.2.840.113549.1.9.2 unstructuredName
1.2.840.113549.1.9.8 unstructuredAddress
2.5.4.0 objectClass
2.5.4.2 knowledgeInformation
2.5.4.4 SN surname
2.5.4.5 serialNumber
2.5.4.12 title T
2.5.4.13 description
2.5.4.14 searchGuide
2.5.4.15 businessCategory
2.5.4.16 postalAddress
2.5.4.17 postalCode
2.5.4.18 postOfficeBox
2.5.4.19 physicalDeliveryOfficeName
2.5.4.20 telephoneNumber
2.5.4.21 telexNumber
2.5.4.22 teletexTerminalIdentifier
2.5.4.23 facsimileTelephoneNumber
2.5.4.24 x121Address
2.5.4.25 internationaliSDNNumber
2.5.4.26 registeredAddress
2.5.4.27 destinationIndicator
2.5.4.28 preferredDeliveryMethod
2.5.4.29 presentationAddress
2.5.4.30 supportedApplicationContext
2.5.4.31 member
2.5.4.32 owner
2.5.4.33 roleOccupant
2.5.4.34 seeAlso
2.5.4.41 name
2.5.4.42 GN givenName G
2.5.4.43 initials
2.5.4.44 generationQualifier
2.5.4.45 x500UniqueIdentifier
2.5.4.46 dnQualifier
2.5.4.49 distinguishedName
2.5.4.50 uniqueMember
2.5.4.51 houseIdentifier
2.5.4.54 dmdName
2.5.4.65 pseudonym
2.5.4.72 role
2.5.4.97 organizationIdentifier
2.5.4.98 c3 countryCode3c
2.5.4.99 n3 countryCode3n
2.5.4.100 dnsName
0.9.2342.19200300.100.1.3 mail rfc822Mailbox
0.9.2342.19200300.100.1.4 info
0.9.2342.19200300.100.1.5 favouriteDrink
0.9.2342.19200300.100.1.6 roomNumber
0.9.2342.19200300.100.1.9 host
0.9.2342.19200300.100.1.10 manager
0.9.2342.19200300.100.1.20 homeTelephoneNumber
0.9.2342.19200300.100.1.37 associatedDomain
0.9.2342.19200300.100.1.38 associatedName
0.9.2342.19200300.100.1.41 mobileTelephoneNumber
0.9.2342.19200300.100.1.43 co friendlyCountryName
0.9.2342.19200300.100.1.44 uniqueIdentifier
0.9.2342.19200300.100.1.45 organizationalStatus
0.9.2342.19200300.100.1.48 buildingName
1.3.6.1.4.1.311.60.2.1.1 jurisdictionL jurisdictionLocalityName
1.3.6.1.4.1.311.60.2.1.2 jurisdictionST jurisdictionStateOrProvinceName
1.3.6.1.4.1.311.60.2.1.3 jurisdictionC jurisdictionCountryName
1.3.6.1.5.5.7.9.1 dateOfBirth id-pda-dateOfBirth
1.3.6.1.5.5.7.9.2 placeOfBirth id-pda-placeOfBirth
1.3.6.1.5.5.7.9.3 gender id-pda-gender
1.3.6.1.5.5.7.9.4 countryOfCitizenship id-pda-countryOfCitizenship
1.3.6.1.5.5.7.9.5 countryOfResidence id-pda-countryOfResidence
1.2.643.3.131.1.1 INN
1.2.643.100.1 OGRN
1.2.643.100.3 SNILS
1.2.643.100.4 INNLE
1.2.643.100.5 OGRNIP
`
