"""A key store for worker processes of tests: a file whose name stands in the environment, each key turned around.

So the keys themselves stand in none of the files that a test may search for them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class TurnedFile(KeyringBackend):
    priority = 1

    @property
    def file(self):
        return Path(os.environ["KEY_FILE"])

    def get_password(self, service, username):
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        return kept[username][::-1] if username in kept else None

    def set_password(self, service, username, password):
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.file.write_text(json.dumps({**kept, username: password[::-1]}))
