"""HOW people drive it in Jupyter: sign in, choose, fetch, look, export, without writing code.

May import every room below it; the only room that draws. What runs long runs in a thread that only assigns traits.
"""
