"""Why: an embedded Scalev to try and to test against, for this package's tests and for its users'.

May import the catalog alone; nothing of the package imports it unless it is asked for.

>>> from scalev_frames.sandbox import Fault, Sandbox
>>> with Sandbox(orders=100, limits=None) as sandbox:
...     sandbox.script(Fault("server_error", "/order", at=2, status=503))
...     len(sandbox.world.rows("orders", status="completed")) > 0
True
"""

from scalev_frames.sandbox.faults import Fault
from scalev_frames.sandbox.server import Sandbox
from scalev_frames.sandbox.world import World

__all__ = ["Fault", "Sandbox", "World"]
