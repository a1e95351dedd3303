"""Stamps, ids and the correction of clocks: pure."""

from services.kernel import hlc
from services.kernel.ids import is_id, new_id
from services.sync.clocks import correct

NOW = 1_763_431_200_000


def stamp(ms: int, counter: int = 0, device: str = "phone_a1") -> hlc.Stamp:
    return hlc.Stamp(ms, counter, device)


def test_stamps_compare_as_text_as_they_do_as_values() -> None:
    stamps = [stamp(NOW, 15), stamp(NOW, 16), stamp(NOW + 1), stamp(NOW + 1, 0, "phone_b1")]
    assert sorted(stamps) == sorted(stamps, key=str)
    assert [hlc.parse(str(each)) for each in stamps] == stamps


def test_a_tick_is_always_later_even_when_the_clock_stands_or_goes_back() -> None:
    last = stamp(NOW, hlc.MAX_COUNTER - 1)
    for clock in (NOW, NOW - 5_000, NOW - 5_000, NOW + 3):
        following = hlc.tick(last, clock, "phone_a1")
        assert str(following) > str(last)
        last = following


def test_ids_are_ordered_by_time_and_of_the_right_form() -> None:
    ids = [new_id() for _ in range(50)]
    assert all(is_id(each) for each in ids)
    # Up to the fraction of the millisecond: jobs enqueued in one are taken in their order.
    assert [each[:18] for each in ids] == sorted(each[:18] for each in ids)
    assert not is_id("6F9619FF-8B86-D011-B42D-00CF4FC964FF")


def test_a_small_skew_is_left_alone() -> None:
    sent = [stamp(NOW - 60_000), stamp(NOW - 30_000)]
    assert correct(sent, device_now=NOW - 299_000, server_now=NOW) == sent


def test_a_skew_of_hours_is_taken_off_both_ways() -> None:
    for hours in (-5, 5):
        shift = hours * 3_600_000
        sent = [stamp(NOW + shift - 1_000), stamp(NOW + shift - 2_000)]
        corrected = correct(sent, device_now=NOW + shift, server_now=NOW)
        assert corrected == [stamp(NOW - 1_000), stamp(NOW - 2_000)]


def test_stamps_of_the_future_are_capped_in_their_order() -> None:
    sent = [stamp(NOW + 9_000), stamp(NOW + 8_000), stamp(NOW - 1), stamp(NOW + 9_000, 1)]
    corrected = correct(sent, device_now=NOW, server_now=NOW)
    assert max(each.ms for each in corrected) == NOW
    assert sorted(range(4), key=lambda i: sent[i]) == sorted(range(4), key=lambda i: corrected[i])
    assert len(set(corrected)) == 4
