"""A Scalev business as pandas DataFrames, and as Excel and Parquet files."""
