"""How a list goes to a dataset as it is read, so that memory stays bounded however long the list is.

1. `whole` reads the list from its top, as a pull does, down to a moment that leaves some 25,000 rows above it, writes
   them, notes the cursor behind them, and reads on from there. So nothing can lie between two segments. A killed export
   resumes behind the last cursor noted, and its unfinished segment from its journal.
2. `changes` looks later for what has changed, in windows of some 100,000 rows, as the refresh of a frame does; open
   orders of the last weeks are read again though nothing shows that they have changed.
3. `proof` holds the rows by day against the server's counts; days that lack rows are read again, and what still differs
   is noted.
4. `together` holds the parts together into which a cluster's export is cut.
5. `spam` fills in spam marks where the list leaves them out. Details are joined to some rows at a time, before these
   are written.
"""

from scalev_frames.pull.exporting.export import export

__all__ = ["export"]
