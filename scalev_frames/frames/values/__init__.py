"""How values of any dtype are read, for every exporter."""
