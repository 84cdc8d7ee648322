"""Identity, consents and the record of each patient, shaped and named as the FHIR R4 resources."""
