"""Everything that one account keeps on this computer: single answers, unfinished pulls, records, finished frames."""
