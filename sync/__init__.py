"""Moving records between two ends: the terminal's replica and the hub.

The pure rules (``clock``, ``change``, ``merge``, ``claim``) do no input or output: time and
randomness come in as arguments. ``records`` holds the tables both ends share; ``replica`` is the
terminal end, ``hub`` the central end, and neither imports the other.
"""
