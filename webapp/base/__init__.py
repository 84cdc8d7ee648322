"""The floor of every page: shell, access, encrypted fields, formats. No models."""
