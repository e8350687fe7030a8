"""The page that the package index shows: the README, with links that work there, too."""

import re
import tomllib
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
URLS = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]


def page() -> str:
    """The README with addresses in place of paths."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"(!\[[^\]]*\]\()(?!https?:)", rf"\1{URLS['Source']}/raw/main/", text)
    return re.sub(r"((?<!!)\[[^\]]*\]\()(?!https?:|#)", rf"\1{URLS['Source']}/blob/main/", text)


setup(long_description=page(), long_description_content_type="text/markdown")
