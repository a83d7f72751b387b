"""Where each check is: in tests of tests/runtime/map, and in a table of BATCH.md."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.report import Table


class Place(NamedTuple):
    """One check.

    Attributes:
        what: What must be so.
        tests: Tests of it, as `file::test`.
        measured: Whether BATCH.md has a table of it.
    """

    what: str
    tests: tuple[str, ...]
    measured: bool = False


PLACES: dict[int, Place] = {
    1: Place("a row costs little more than by hand", (), measured=True),
    2: Place("memory does not grow with the rows", (), measured=True),
    3: Place(
        "two copies are nearly twice as fast",
        ("test_replicas::test_apps_share_the_rows",),
        measured=True,
    ),
    4: Place(
        "a client may be killed at any time",
        ("test_kill::test_kill", "test_store::test_any_sequence_of_runs"),
        measured=True,
    ),
    5: Place(
        "a server may be killed at any time",
        (
            "test_replicas::test_an_app_that_is_killed",
            "test_replicas::test_without_any_the_patience_ends",
            "test_store::test_a_run_that_stops_is_taken_up_again",
        ),
        measured=True,
    ),
    6: Place(
        "what is refused is sent again, later",
        (
            "test_replicas::test_refusals_lose_no_row",
            "test_replicas::test_rows_are_eased_in_after_a_refusal",
            "test_fates::test_a_later_pause_that_is_longer_counts",
        ),
        measured=True,
    ),
    7: Place(
        "a poisonous row is its own failure",
        (
            "test_fates::test_a_row_that_fails_once",
            "test_replicas::test_poison_is_its_own_row",
            "test_live_map::test_poison_is_its_own",
            "test_map::test_a_row_that_does_not_fit_is_its_own",
        ),
    ),
    8: Place(
        "a run that is another is refused, in words",
        (
            "test_store::test_another_run_is_refused_and_the_store_is_intact",
            "test_store::test_rows_with_keys_may_change_places",
            "test_store::test_what_is_done_is_given_again",
            "test_store::test_another_process_is_refused",
        ),
    ),
    9: Place(
        "order, and leaving early",
        (
            "test_map::test_rows_in_order_with_one_that_is_slow",
            "test_map::test_leaving_early_reads_no_more_rows",
            "test_live_map::test_leaving_takes_jobs_back_and_leaks_nothing",
            "test_live_map::test_ctrl_c_takes_jobs_back",
        ),
    ),
    10: Place(
        "files go from app to app, and stay readable",
        (
            "test_live_map::test_files_go_from_stage_to_stage",
            "test_store::test_files_are_kept",
        ),
        measured=True,
    ),
    11: Place("engines give what map gives (`make engines`)", ()),
    12: Place(
        "Gradio 3.50, 4.44 and 5.50 too",
        ("test_live_map::test_rows_of_every_gradio",),
    ),
}


def where() -> Table:
    """The checks, with their tests."""
    return Table(
        "Where each check is",
        "Tests are those of tests/runtime/map; the tables are below.",
        ("", "tests", "table"),
        tuple(
            (
                f"{number}. {place.what}",
                ", ".join(test.partition("::")[2] for test in place.tests),
                f"{number}" if place.measured else "",
            )
            for number, place in PLACES.items()
        ),
    )
