"""Collections of which a graph may have several, or none.

What is not there costs no step, and what need not be one is not joined: a Flatten writes all elements anew.
"""

import apache_beam as beam


def there(*collections: beam.PCollection | None) -> tuple[beam.PCollection, ...]:
    """Return those that there are."""
    return tuple(one for one in collections if one is not None)


def each(
    collections: tuple[beam.PCollection, ...], label: str, step: beam.PTransform
) -> tuple[beam.PCollection, ...]:
    """Apply `step` to each of several collections, which need not become one for it."""
    return tuple(one | f"{label} {number}" >> step for number, one in enumerate(collections))


class Together(beam.PTransform):
    """Several collections as one: a Flatten where there are several, and nothing where there is one."""

    def expand(self, collections):  # a tuple of collections: Beam knows no annotation for one
        return collections[0] if len(collections) == 1 else collections | beam.Flatten()
