"""Asks the patient: questionnaires and diaries; writes observations."""
