"""What Scalev has, as rows of data: endpoints, shapes, kinds, meanings."""

from scalev_frames.catalog.children import CARRIED, CHILDREN, Child
from scalev_frames.catalog.endpoints import ENDPOINTS, grouped
from scalev_frames.catalog.kinds import KINDS, Kind, kind_by_name, pandas_dtype
from scalev_frames.catalog.model import (
    ENUMS,
    GROUPS,
    Basis,
    Column,
    Endpoint,
    Filter,
    Parent,
    shape_columns,
    shape_fields,
)

__all__ = [
    "CARRIED",
    "CHILDREN",
    "ENDPOINTS",
    "ENUMS",
    "GROUPS",
    "KINDS",
    "Basis",
    "Child",
    "Column",
    "Endpoint",
    "Filter",
    "Kind",
    "Parent",
    "grouped",
    "kind_by_name",
    "pandas_dtype",
    "shape_columns",
    "shape_fields",
]
