"""One key, which is one business, and its methods."""

from scalev_frames.account.account import Account

__all__ = ["Account"]
