"""One line of `make bench`."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One number; `budget` is the most (`at_most`) or the least allowed, None where it is only recorded."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    at_most: bool = True

    @property
    def kept(self) -> bool:
        """Whether the budget holds."""
        return self.budget is None or (
            self.value <= self.budget if self.at_most else self.value >= self.budget
        )

    def line(self) -> str:
        """The row as it is printed: what was measured, what it may be, and whether it is."""
        number = f"{self.name:64} {self.value:10g} {self.unit:4}"
        if self.budget is None:
            return number
        bound = f"{'at most' if self.at_most else 'at least'} {self.budget:g}"
        return f"{number}  budget: {bound}, {'kept' if self.kept else 'MISSED'}"
