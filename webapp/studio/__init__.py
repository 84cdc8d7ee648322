"""The directors' screens over the shelf."""
