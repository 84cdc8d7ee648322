"""The patient's home page and plan; gathers by selectors, owns no data."""
