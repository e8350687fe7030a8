"""The page that the package index shows: the README without the links that work in a checkout alone."""

import re
from pathlib import Path

from setuptools import setup

README = Path(__file__).parent / "README.md"


def page() -> str:
    """The README; a link to a file of the repository is its text, a picture is left out."""
    text = re.sub(r"<p>\n(<img [^>]*>\n)+</p>\n+|!\[[^\]]*\]\([^)]*\)\n+", "", README.read_text(encoding="utf-8"))
    return re.sub(r"\[([^\]]*)\]\((?!https?:|#)[^)]*\)", r"\1", text)


setup(long_description=page(), long_description_content_type="text/markdown")
