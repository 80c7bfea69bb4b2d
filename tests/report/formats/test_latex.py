"""A page as LaTeX: tables as papers have them, and names that are only names."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from report.hostile import HOSTILE, answer, everything
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.latex import escaped, write
from se_cost.report.page import Details, Heading, Section, Table, Text, Warning, console

needs_latex = pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex")
TABLE = Table(
    "Share of the attention, %",
    (Heading("stage"), Heading("N·C²"), Heading("low", "+.2f"), Heading("why")),
    (("2", 1200, -1 / 3, "a_b"), ("without stage 5", 34, 1.0, "-x"), ("all", 1234, None, "")),
    totals=1,
)


def test_a_table_is_one_of_booktabs() -> None:
    """Caption, columns to their sides, three rules and one above the totals."""
    assert write(answer(TABLE), Screen()).splitlines() == [
        r"% \usepackage{booktabs}",
        "",
        r"\begin{table}",
        r"\centering",
        r"\caption{Share of the attention, \%}",
        r"\begin{tabular}{lrrl}",
        r"\toprule",
        r"stage & N$\cdot$C$^2$ & low & why \\",
        r"\midrule",
        r"2 & 1,200 & $-$0.33 & a\_b \\",
        r"without stage 5 & 34 & +1.00 & -x \\",
        r"\midrule",
        r"all & 1,234 & -- &  \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


def test_a_table_of_totals_alone_has_one_rule() -> None:
    """And one without a title has no caption."""
    lines = write(answer(Table("", (Heading("a"),), ((1,),), totals=1)), Screen()).splitlines()
    assert lines.count(r"\midrule") == 1
    assert not [line for line in lines if "caption" in line]


def test_the_rest_of_a_page() -> None:
    """Headings by their level, sentences, doubts, commands and what is folded away."""
    folded = Details("More & more", (Text("Inner."),))
    inner = Section("Inside", (Text("One."),), 3)
    blocks = (Section("Part", (inner,)), Warning("Mind."), console("se-cost a", "b"), folded)
    found = write(answer(*blocks, title="Title", lead="Lead."), Screen())
    assert found.split("\n\n")[1:] == [
        r"\section*{Title}",
        r"\textbf{Lead.}",
        r"\subsection*{Part}",
        r"\subsubsection*{Inside}",
        "One.",
        r"\textbf{Warning:} Mind.",
        "\\begin{quote}\\ttfamily\n\\$ se-cost a\\\\\n\\$ b\n\\end{quote}",
        r"\paragraph{More \& more}",
        "Inner.\n",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 % of #1 & a_b", r"100 \% of \#1 \& a\_b"),
        ("--drop-stages", "-{}-drop-stages"),
        ("---", "-{}-{}-"),
        ("[a] *", "{[}a{]} {*}"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("2/r · Σ N·C² ≥ 3 × µ", r"2/r $\cdot$ $\Sigma$ N$\cdot$C$^2$ $\ge$ 3 $\times$ $\mu$"),
        ("Straße", "Straße"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    """LaTeX's own signs are spelled, and so are those that its fonts lack."""
    assert escaped(text) == expected


@needs_latex
def test_latex_sets_it(tmp_path: Path) -> None:
    """LaTeX itself takes a page full of hostile texts, without a single error."""
    texts = [text.encode("utf-8", "backslashreplace").decode() for text in HOSTILE]
    pages = [write(everything(text.replace("😀", "")), Screen()) for text in texts]
    body = "\n\\clearpage\n".join((*pages, escaped("– — − … → × · ± ≤ ≥ ² ³ Σ µ μ")))
    top = "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n"
    (tmp_path / "page.tex").write_text(f"{top}{body}\n\\end{{document}}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
