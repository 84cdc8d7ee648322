"""Figures of the clinic's work, counted from what was logged; nobody's name stands in them."""
