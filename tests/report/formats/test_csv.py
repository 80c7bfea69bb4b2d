"""The tables of a page as csv."""

import csv

from report.hostile import answer
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.csv import write
from se_cost.report.page import Details, Heading, Section, Table, Text


def test_values_are_raw() -> None:
    """A spreadsheet gets full numbers, nothing for what is missing, and quotes where needed."""
    table = Table(
        "t",
        (Heading("a,b"), Heading("n"), Heading("%", ".2f")),
        (('say "x"', 1234567, 1 / 3), ("y", None, 1.0)),
    )
    rows = list(csv.reader(write(answer(table), Screen()).splitlines()))
    assert rows == [["a,b", "n", "%"], ['say "x"', "1234567", str(1 / 3)], ["y", "", "1.0"]]


def test_every_table_is_there() -> None:
    """Those within sections and details too, as one tidy table of their cells."""
    first, second, third = (Table(n, (Heading("x"), Heading(n)), ((1, 2),)) for n in "abc")
    page = answer(Text("no"), first, Section("no", (second,)), Details("no", (third,)))
    head, *lines = write(page, Screen()).splitlines()
    assert head == "network,table,line,row,column,value"
    assert [line.partition(",")[2] for line in lines] == [f"{n},1,1,{n},2" for n in "abc"]
