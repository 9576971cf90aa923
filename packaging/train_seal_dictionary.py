"""Makes the dictionary that answers are compressed with before they are sealed: ``sync/dictionaries/seal-1.zdict``.

Nobody is in it: what it is made from is drawn here, from the words of ``tests/bench/records.py`` and the keys of the
answers (``kiosk.models.answers``). A dictionary that texts were sealed with is never changed: another one gets another
number, and the hub keeps both (docs/decisions/0024). Run from a checkout: ``PYTHONPATH=. python packaging/...``.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import zstandard

from kiosk.models.answers import SEALED_KEYS
from tests.bench.records import CITIES, FIRST, LAST, STREETS, WORDS, records

TARGET = Path(__file__).resolve().parents[1] / "sync" / "dictionaries" / "seal-1.zdict"
BYTES = 64 * 1024
EACH = 5000
SEED = 20_261_122


def answers(draw: random.Random) -> dict[str, object]:
    """The answers of somebody who does not exist."""
    postcode, city = draw.choice(CITIES)
    first, last = draw.choice(FIRST), draw.choice(LAST)
    made: dict[str, object] = dict.fromkeys(SEALED_KEYS)
    made.update(
        deja_inscrit=draw.choice(("oui", "non", "ne_sait_pas")), civilite=draw.choice(("mme", "m", None)),
        nom_naissance=last, prenoms=first, date_naissance=f"{draw.randint(1958, 2009)}-{draw.randint(1, 12):02}-01",
        pays_naissance=draw.choice(("FR", "FR", "FR", "DZ", "MA", "PT", "UA", "AF", "TR")), commune_naissance=city,
        code_postal=postcode, commune_code=postcode, commune=city,
        adresse=f"{draw.randint(1, 180)} {draw.choice(STREETS)}", telephone=f"+33{draw.randint(6, 7)}00000000",
        courriel=f"{first.lower()}.{last.lower()}@" + draw.choice(("exemple.fr", "courriel.example")),
        situation=draw.choice(("fin_cdd", "licenciement", "demission", "premier_emploi", "autre", None)),
        niveau=draw.choice(("sans", "cap_bep", "bac", "bac_2", "bac_3", "bac_5", None)),
        metier_vise=" ".join(draw.choices(WORDS, k=2)), disponibilite=draw.choice(("tout_de_suite", "plus_tard")),
        mobilite_km=draw.choice((5, 10, 20, 50, None)), mobilite_moyen=draw.choice(("voiture", "bus", "velo", None)),
        langue=draw.choice(("fr", "en", "ar", "pt", "uk", "tr", "fa")), notice_version="2026-11",
        notice_lue_le=f"2026-11-{draw.randint(1, 28):02}T{draw.randint(8, 17):02}:00:00Z",
    )  # fmt: skip
    return {key: made[key] for key in SEALED_KEYS}


def samples() -> list[bytes]:
    """What the dictionary is made from, as it is compressed (``sync.seal``)."""
    draw = random.Random(SEED)
    made: list[dict[str, object]] = [answers(draw) for _ in range(EACH)]
    for one in records(EACH, seed=SEED):
        kept: dict[str, object] = {name: value for name, value in one.items() if name != "id"}
        made.append({**kept, "home_site_id": kept.pop("site_id")})
    draw.shuffle(made)
    return [json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() for one in made]


if __name__ == "__main__":
    TARGET.write_bytes(zstandard.train_dictionary(BYTES, samples(), level=19, dict_id=1).as_bytes())
