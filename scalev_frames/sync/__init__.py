"""Why: HOW a frame stays whole and true: what a call asks for, what of it is kept, and how the rest is pulled.

May import wire, frames, catalog, progress, errors and settings.
"""
