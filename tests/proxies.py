"""A proxy in front of a sandbox that asks for another path, or changes what the sandbox answers.

with proxy(sandbox, lambda body: {"code": 200, "status": "OK", "data": body}) as address:
    api = connect(api_key=sandbox.api_key, base_url=f"{address}/v3")
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scalev_frames.sandbox import Sandbox


@contextmanager
def proxy(
    sandbox: Sandbox,
    change: Callable[[Any], Any] = lambda body: body,
    path: Callable[[str], str] = lambda path: path,
) -> Iterator[str]:
    """The address of a proxy; ``change`` is given each good body, ``path`` each target."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for the receipt of its headers

        def do_GET(self) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=60)
            headers = {"Authorization": self.headers.get("Authorization", "")}
            connection.request("GET", path(self.path), headers=headers)
            answer = connection.getresponse()
            content, status = answer.read(), answer.status
            connection.close()
            if status == 200:
                content = json.dumps(change(json.loads(content))).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
