"""A draft put to a clinic's past cases: `python -m bench.replay_clinic 1000 100000` prints a line for each number.

In a database of its own, on the published shelf: seconds by the clock, the process's peak of memory, what changed.
"""

import os
import sys

from bench import own_database

DATABASE = "pauta_bench_replay"


def main() -> None:
    """Measure on a copy of the published shelf, and drop it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    own_database.make(DATABASE)
    ended = own_database.run(DATABASE, "bench.full_replay", *(sys.argv[1:] or ["1000"]))
    own_database.drop(DATABASE)
    sys.exit(ended)


if __name__ == "__main__":
    main()
