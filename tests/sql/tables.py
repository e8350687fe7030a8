"""Accounts and rows to be asked by SQL."""

from __future__ import annotations

import pandas as pd

FREE = ((100_000, 1_000_000.0),)
ROWS = pd.DataFrame({"id": ["1", "2", "3"], "status": ["a", "b", "b"], "quantity": [1, 2, 3]})
