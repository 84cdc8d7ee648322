"""Opening the review of a patient with 200 inputs and 20 items: `python -m bench.open_review` prints the figures.

In a database of its own. `--profile` tells what the server spends its time on.
"""

import os
import sys

from bench import own_database

DATABASE = "pauta_bench_review"


def main() -> None:
    """Measure on a copy of the published shelf, and drop it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    own_database.make(DATABASE)
    ended = own_database.run(DATABASE, "bench.full_review", *sys.argv[1:])
    own_database.drop(DATABASE)
    sys.exit(ended)


if __name__ == "__main__":
    main()
