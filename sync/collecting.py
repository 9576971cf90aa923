"""How often Python looks for circles of dead objects, in a program that runs long."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Looks seldom, and never among what was imported so far: that took a third of a push, a fifth of a world's time.

    What dies without being in a circle is freed at once as ever; what is in one waits for 50,000 others.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
