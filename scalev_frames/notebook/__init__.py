"""HOW people drive it in Jupyter: sign in, choose, fetch, look, export, without writing code.

The only room that draws. Long work runs in a thread that only assigns traits.
"""
