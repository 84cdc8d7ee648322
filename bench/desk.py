"""The doctor's desk with fifty thousand patients, in a database of its own: `python -m bench.desk` writes the figures.

`--keep` leaves the database, and measures it anew where it is there already.
"""

import os
import sys

from bench import own_database

DATABASE = "pauta_bench_desk"


def main() -> None:
    """Fill the database unless it is there, measure, and drop it unless it is kept."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    words = [word for word in sys.argv[1:] if word != "--keep"]
    if not own_database.stands(DATABASE):
        own_database.make(DATABASE)
        words.append("fill")
    ended = own_database.run(DATABASE, "bench.full_desk", *words)
    if "--keep" not in sys.argv:
        own_database.drop(DATABASE)
    sys.exit(ended)


if __name__ == "__main__":
    main()
