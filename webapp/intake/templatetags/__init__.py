"""What the pages of patients say of the device they are read on."""
