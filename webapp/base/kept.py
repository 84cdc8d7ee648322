"""Why tables are kept and for how long, in the words of the record of processing."""

CARE, PEOPLE, CONSENT = "Care of patients", "People who sign in", "Consents"
SAFETY, CONTENT, RUNNING = "Proof and security", "Protocols and texts", "Running the product"

RECORD = "As a clinical record: as long as the law of the clinic's region asks after discharge, five years at least"
ACCOUNT = "While the person works or is treated here, then as long as the record names that person"
BOOK = "As long as the record it tells of"
SHORT = "Days: it goes by itself"
ALWAYS = "As long as evaluations refer to it"
PRODUCT = "While the product runs"
