"""``python -m scalev_frames.cli``: the same commands."""

from __future__ import annotations

import sys

from scalev_frames.cli import main

if __name__ == "__main__":
    sys.exit(main())
