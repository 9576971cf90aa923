"""Words in another language carry their French along, through everything that is done to them."""

from kiosk.said import Said, beside, each, filled, french_of, joined
from kiosk.wording import LEFT_TO_RIGHT, left_to_right, say

HOUR = Said("2:30 PM", "14 h 30")


def test_words_in_french_have_nothing_beside_them() -> None:
    assert beside("Retour") == ""
    assert beside(Said("Point Contact", "Point Contact")) == ""


def test_a_sentence_of_the_interface_carries_the_french_that_it_was_made_from() -> None:
    said = say("frame.step", "en", current=2, total=9)

    assert (str(said), beside(said)) == ("Step 2 of 9", "Étape 2 sur 9")


def test_what_is_put_into_a_sentence_is_put_into_its_french_in_french() -> None:
    said = filled(Said("At {hour}, with {name}", "À {hour}, avec {name}"), {"hour": HOUR, "name": "Zoé"})

    assert (str(said), french_of(said)) == ("At 2:30 PM, with Zoé", "À 14 h 30, avec Zoé")


def test_a_sentence_in_french_filled_with_words_in_another_language_keeps_their_french() -> None:
    assert french_of(filled("{hour} !", {"hour": HOUR})) == "14 h 30 !"


def test_joined_words_are_joined_in_both_languages() -> None:
    said = joined(" · ", ["Loury", HOUR])

    assert (str(said), french_of(said)) == ("Loury · 2:30 PM", "Loury · 14 h 30")
    assert not isinstance(joined(", ", ["a", "b"]), Said)


def test_a_change_is_made_in_both_languages() -> None:
    said = each(str.lower, Said("MONDAY", "LUNDI"))

    assert (str(said), french_of(said)) == ("monday", "lundi")
    assert each(str.lower, "LUNDI") == "lundi"


def test_figures_among_arabic_words_keep_their_order_and_stand_plain_in_the_french() -> None:
    said = say("desk.phone", "ar", phone="02 61 91 00 00")

    assert f"{LEFT_TO_RIGHT}02 61 91 00 00{LEFT_TO_RIGHT}" in said
    assert LEFT_TO_RIGHT not in french_of(said)


def test_each_line_of_french_on_a_screen_from_right_to_left_runs_its_own_way() -> None:
    assert left_to_right("Loury.\n\nà midi") == "\u200eLoury.\u200e\n\n\u200eà midi\u200e"


def test_a_single_word_and_a_line_in_arabic_letters_need_no_mark() -> None:
    assert left_to_right("A\nOuvert\nالعربية 2") == "A\nOuvert\nالعربية 2"
