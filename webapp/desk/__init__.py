"""The clinic's home page: the list of what needs a person; owns no data."""
