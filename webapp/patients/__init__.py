"""Identity, consents and the record, named and shaped as FHIR R4 resources."""
