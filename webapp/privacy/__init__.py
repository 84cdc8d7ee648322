"""One person's data as a whole: taken along by the patient, or copied for the patient by the clinic."""
