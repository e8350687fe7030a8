"""Coverage by room, from what the last test run has measured."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

PACKAGE = "scalev_frames"


def by_room(files: dict[str, dict[str, dict[str, int]]]) -> dict[str, tuple[int, int]]:
    """Covered and all statements and branches of each room; modules without a room stand together."""
    covered: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for name, told in files.items():
        parts = Path(name).parts[Path(name).parts.index(PACKAGE) + 1 :]
        room = "/".join(parts[:2]) if parts[0] in ("notebook", "sandbox") and len(parts) > 2 else parts[0]
        room = room if len(parts) > 1 else "(top)"
        counts = told["summary"]
        covered[room] += counts["covered_lines"] + counts.get("covered_branches", 0)
        every[room] += counts["num_statements"] + counts.get("num_branches", 0)
    return {room: (covered[room], every[room]) for room in sorted(every)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)], check=True)
        rooms = by_room(json.loads(report.read_text())["files"])
    for room, (covered, every) in rooms.items():
        print(f"{room:<20} {covered / max(every, 1):>5.0%} of {every:,}")
