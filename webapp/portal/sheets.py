"""The sheet a patient reads is worked out in plans, where it is printed too."""

from webapp.plans.sheets import Emergency, Sheet, emergency_in, sheet_of

__all__ = ("Emergency", "Sheet", "emergency_in", "sheet_of")
