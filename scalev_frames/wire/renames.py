"""Why: paths are renamed: orders answer under an old name, a new one, or both, and nobody is told which.

May import catalog, errors and this room's transport.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scalev_frames.catalog import Endpoint
from scalev_frames.errors import ApiError, NotFoundError
from scalev_frames.wire.transport import Answer

#: What a server may answer to the old name of a renamed path.
MOVED = (404, 410, 301, 302, 303, 307, 308)

Get = Callable[[str, Mapping[str, Any]], Answer]


class Renames:
    """Which names a server turned out to know."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}

    def either_name(self, endpoint: Endpoint, get: Get) -> Get:
        """``get``, but where a renamed path is not there, or redirects, its other name is tried, and remembered.

        Args:
            endpoint: its ``alias`` says how the path begins, before and after.
            get: gives the answer for a path and parameters.
        """
        if endpoint.alias is None:
            return get
        alias = endpoint.alias
        old, new = alias

        def get_either(path: str, params: Mapping[str, Any]) -> Answer:
            paths = [path, new + path.removeprefix(old)]
            if self._known.get(alias):
                paths.reverse()
            try:
                answer = get(paths[0], params)
            except ApiError as error:
                if alias in self._known or error.status_code not in MOVED:
                    raise  # the name is known to be right: this record does not exist
                try:
                    answer = get(paths[1], params)
                except NotFoundError:
                    raise error from None
                self._known[alias] = paths[1] != path
                return answer
            self._known.setdefault(alias, paths[0] != path)
            return answer

        return get_either
