"""Where a fault of ours happened, without any value of what was asked."""

from __future__ import annotations


def where(error: BaseException) -> str:
    """Module and line in which an error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
