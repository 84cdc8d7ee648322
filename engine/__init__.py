"""Protocols as text in, plans with reasons out. Pure Python: no Django, no database, no clock."""
