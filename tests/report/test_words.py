"""Numbers as the page writes them."""

from __future__ import annotations

import pytest

from planner.report.words import musd, mw, percent, short_musd, small, two


@pytest.mark.parametrize(("amount", "said"), [(0.0, "-"), (-0.01, "-"), (0.06, "0.1"), (99.94, "99.9"), (1234.5, "1,235"), (23.25, "23.3")])
def test_megawatts_are_short(amount: float, said: str) -> None:
    """Whole from 100 on, one decimal below, a dash for none."""
    assert mw(amount) == said


@pytest.mark.parametrize(
    ("amount", "said"), [(-0.04, "0.0"), (-0.06, "-0.1"), (1234.56, "1,234.6"), (1.25, "1.3"), (-1.25, "-1.3"), (-1e6, "-1,000,000.0")]
)
def test_money_has_no_negative_zero(amount: float, said: str) -> None:
    """One decimal, thousands marked."""
    assert musd(amount) == said


@pytest.mark.parametrize(("amount", "said"), [(999.94, "999.9"), (1000.4, "1,000"), (-12.34, "-12.3")])
def test_money_in_narrow_columns_is_whole_from_a_thousand_on(amount: float, said: str) -> None:
    """One decimal below."""
    assert short_musd(amount) == said


@pytest.mark.parametrize(("amount", "said"), [(0.0, "0"), (0.00123456, "0.00123"), (1.2345, "1.23"), (12.345, "12.3"), (12345.6, "12,346")])
def test_small_amounts_keep_three_digits(amount: float, said: str) -> None:
    """A gap or a shadow price may be tiny and must not read as nothing."""
    assert small(amount) == said


def test_halves_are_rounded_away_from_zero() -> None:
    """As a reader would by hand, whatever digit comes before and however the float is stored."""
    assert (musd(2.25), musd(2.35), musd(2.675), two(2.675), two(0.125), percent(0.0125)) == ("2.3", "2.4", "2.7", "2.68", "0.13", "1.3 %")
    assert (short_musd(1000.5), small(1.235), musd(1e300)[:4], musd(float("nan"))) == ("1,001", "1.24", "1,00", "NaN")
