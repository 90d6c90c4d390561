"""A share of ``python tests/life.py``."""

import os

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes can't be forked here")
def test_whatever_befalls_a_library_nothing_is_lost() -> None:
    from life import life

    with life(seed=24) as lived:
        for _ in range(12):
            lived.step()
    assert lived.outcomes.total() == 12
