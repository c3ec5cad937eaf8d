"""The same figure in several files: the last to arrive counts, and what it changed is told."""

from __future__ import annotations

from datetime import date

from tests.warehouse.by_hand import value_of

SENT = [
    ("hospital", "z_first.csv", "11", "2024-01", "births_male", 3),
    ("hospital", "a_revised.csv", "11", "2024-01", "births_male", 8),
    ("hospital", "b_again.csv", "11", "2024-01", "births_male", 8),
]
RECEIVED = {
    "z_first.csv": date(2024, 2, 5),
    "a_revised.csv": date(2024, 3, 5),
    "b_again.csv": date(2024, 4, 5),
}


def test_the_last_file_to_arrive_counts_whatever_its_name(count):
    assert value_of(count(SENT, received=RECEIVED)["counts"], area_code="11", element="births_male") == 8
    turned = {"z_first.csv": date(2024, 5, 1)} | {
        path: day for path, day in RECEIVED.items() if path != "z_first.csv"
    }
    assert value_of(count(SENT, received=turned)["counts"], area_code="11", element="births_male") == 3


def test_every_change_of_a_figure_is_told(count):
    (revision,) = count(SENT, received=RECEIVED)["revisions"].to_dicts()
    assert (revision["value_before"], revision["value"]) == (3, 8)
    assert (revision["previous_file_id"], revision["file_id"]) == ("000000000000", "000000000001")


def test_a_figure_knows_its_file_and_how_many_state_it(count):
    (figure,) = count(SENT, received=RECEIVED)["figures"].to_dicts()
    assert (figure["file_id"], figure["files"]) == ("000000000002", 3)


def test_what_only_one_of_two_files_states_is_no_revision(count):
    other = ("hospital", "b_again.csv", "12", "2024-01", "births_male", 5)
    tables = count([SENT[0], other], received=RECEIVED)
    assert tables["revisions"].is_empty()
    assert value_of(tables["counts"], area_code="1", element="births_male") == 8
