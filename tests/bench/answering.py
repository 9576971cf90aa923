"""One replica as a process: a question a line of JSON on its standard input, an answer a line on its output.

Every side answers the same questions::

    seed   {count}          makes the local records; never timed
    edit   {ids, values}    sets fields of local records
    sync   {}               one complete synchronisation, as the product does it
    count  {}               how many records are held here
    dump   {ids}            the records, as ``{"id", fields…, "_lost": {field: [values]}}``
    exit   {}

An answer bears ``wall`` (s) and ``cpu`` (s, user and system of this process) and ``result``, or ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any


def serve(answers: Mapping[str, Callable[..., Any]]) -> None:
    """Answers until ``exit`` or the end of the input. What else is printed goes to the error output."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps({"ok": True}), file=out, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        question = asked.pop("op")
        if question == "exit":
            return
        began, began_cpu = time.perf_counter(), time.process_time()
        try:
            said: dict[str, Any] = {"result": answers[question](**asked)}
        except Exception as error:  # noqa: BLE001  (the benchmark decides what a failure means: a cut line is one)
            traceback.print_exc()
            said = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        said["wall"] = time.perf_counter() - began
        said["cpu"] = time.process_time() - began_cpu
        print(json.dumps(said), file=out, flush=True)
