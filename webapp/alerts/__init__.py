"""Alerts to clinicians: one open alert a patient and rule."""
