"""An embedded Scalev to try and to test against, for this package's tests and for its users'.

What it is asked to be is a `Behaviour`; what goes wrong at the requests that a test names is a `Fault`.

>>> from scalev_frames.sandbox import Fault, Sandbox
>>> with Sandbox(orders=100, limits=None) as sandbox:
...     sandbox.script(Fault("server_error", "/order", at=2, status=503))
...     len(sandbox.world.rows("orders", status="completed")) > 0
True
"""

from scalev_frames.sandbox.server.faults import Fault, always
from scalev_frames.sandbox.server.server import Sandbox
from scalev_frames.sandbox.world.behaviour import Behaviour
from scalev_frames.sandbox.world.world import World

__all__ = ["Behaviour", "Fault", "Sandbox", "World", "always"]
