"""Parts of a record that its patient opens to a specialist of another place, until a day or until taken back."""
