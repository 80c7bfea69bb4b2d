"""The time that attention should take, beside the time that it takes."""
