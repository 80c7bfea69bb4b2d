"""What every word of a network is: a frozen value that is a key of the caches."""

from se_cost.record import Record


class Word(Record, cache_hash=True):
    """A word: equal parts are one key of the caches, and their hashes are made once."""
