"""How orders are counted, the same for every report: prepared columns, exact arithmetic, and the finished frame."""
