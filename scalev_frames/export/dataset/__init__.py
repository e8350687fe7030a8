"""How frames become datasets: folders of Parquet that grow, and that every tool reads as one table."""
