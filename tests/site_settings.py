"""The settings of a clinic that runs for tests: those of `make demo`, but for what only costs time.

A password is told from another by the same algorithm at its cheapest, as in every other test. And a style sheet or a
script that no test rebuilds under the server is looked for once, and kept by the browser as in production.
"""

from webapp.settings import *  # noqa: F403
from webapp.settings import ACCOUNT_RATE_LIMITS, PASSWORD_HASHERS

PASSWORD_HASHERS = ["webapp.base.hashers.QuickArgon2", *PASSWORD_HASHERS]
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 60
# Everybody of the tests comes from one address, more than thirty a minute; what is tried in vain counts as ever.
ACCOUNT_RATE_LIMITS = {**ACCOUNT_RATE_LIMITS, "login": "300/m/ip"}
