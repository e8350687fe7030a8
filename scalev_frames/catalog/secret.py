"""Which fields hold credentials of other services, by how the API and others call them."""

from __future__ import annotations

import re
from functools import lru_cache

#: The words before ``_key`` in the name of a credential.
_KEYS = (
    r"access|api|app|auth|client|consumer|device|encryption|integration|license_server|master|merchant|private|secret|"
    r"server|service|shared|signature|signing|webhook"
)
#: The ends of names that hold a credential, in snake case.
SECRET = re.compile(
    rf"(^|_)(({_KEYS})_?keys?|token|tokens|secrets?|secret_\w*key|key_secret|password|passwd|passphrase|pass_?code|"
    r"credentials?|bearer|jwt|cookies?|authorization|signature|private_pem|otp|otp_code)$|.+_pk$"
)
#: Names that end so and hold none: positions in lists, counts, questions.
INNOCENT = re.compile(r"(^|_)(page|cursor|sync|continuation)_token$|^(is|has|needs|total|max|min|used|count)_|_count$")
#: The fields that stay in an object with the name of a credential: they name it without giving it away.
TOLD = re.compile(r"^(id|name|label)$|_(id|type|at|status)$|^(type|status|scopes?)$|^is_")


@lru_cache(maxsize=16_384)
def is_secret(name: str) -> bool:
    """Whether a field called ``name`` holds a credential.

    >>> is_secret("woowa_api_key"), is_secret("clientSecret"), is_secret("secret_slug"), is_secret("token_expires_at")
    (True, True, False, False)
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    snake = re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")
    return bool(SECRET.search(snake)) and not INNOCENT.search(snake)
