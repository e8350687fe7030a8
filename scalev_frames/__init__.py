"""A Scalev business as pandas DataFrames, and as Excel and Parquet files.

Importing it loads neither openpyxl nor ipywidgets nor the sandbox.

>>> import scalev_frames as sf
>>> api = sf.connect(sandbox=True)  # your own business: sf.connect()
>>> orders = api.orders(since="yesterday", status=["shipped", "completed"])
>>> print(sf.to_excel({"Orders": orders}, "orders.xlsx").name)
orders.xlsx
"""

from scalev_frames import errors, frame_accessor
from scalev_frames.account import Account
from scalev_frames.connection import changes, connect, connect_many, current, get, order_lines, reconcile
from scalev_frames.describe import describe
from scalev_frames.errors import ScalevError
from scalev_frames.export import read_parquet, report_workbook, scan, to_csv, to_excel, to_parquet
from scalev_frames.frames.dashboard.read import read_dashboard
from scalev_frames.functions import *  # noqa: F403 - one function an endpoint, listed in its __all__
from scalev_frames.functions import __all__ as _accessors
from scalev_frames.group import Group
from scalev_frames.notebook.public import ask_in_notebook, login, workbench
from scalev_frames.sql import sql

__version__ = "0.1.0"
__all__ = [
    "Account",
    "Group",
    "ScalevError",
    "changes",
    "connect",
    "connect_many",
    "current",
    "describe",
    "errors",
    "frame_accessor",
    "get",
    "login",
    "order_lines",
    "read_dashboard",
    "read_parquet",
    "reconcile",
    "report_workbook",
    "scan",
    "sql",
    "to_csv",
    "to_excel",
    "to_parquet",
    "workbench",
    *_accessors,
]

ask_in_notebook()
