"""What a network costs in fact; the only package that imports torch and fvcore.

Its rooms import only themselves and those before them: timing, models, fuse, steps, machine,
counting, ranks, session, explain.
"""
