from warta.transforms.dedup.beam import chained
from warta.transforms.dedup.chains import components
from warta.transforms.dedup.model import Match


def test_components_are_named_by_their_smallest_key() -> None:
    pairs = [("c", "b"), ("a", "b"), ("x", "y")]
    assert components(pairs) == {"a": "a", "b": "a", "c": "a", "x": "x", "y": "x"}
    assert components([(3, 2), (2, 1)]) == {1: 1, 2: 1, 3: 1}


def test_arrivals_that_meet_only_what_is_stored_are_a_group_of_one() -> None:
    matches = [Match("c", "b", shared=3), Match("x", "y", met=True), Match("z")]
    assert chained(matches) == [("b", "b"), ("c", "b"), ("x", "x"), ("y", "x"), ("z", "z")]
