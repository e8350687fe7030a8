"""Every accessor as a function on the account that `connect` made current: ``sf.orders(…)``.

Type checkers read ``functions.pyi``, generated from the catalog (``make generate``).
"""

from scalev_frames.accessors import make_accessor
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.connection import current

globals().update({name: make_accessor(row, current) for name, row in ENDPOINTS.items()})
__all__ = list(ENDPOINTS)
