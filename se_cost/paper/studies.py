"""What the papers of other kinds of attention print of ResNets, and ours beside it.

`studies.csv` holds parameters and operations as they are printed, in the paper or with the authors'
code, those that are known.
"""

import csv
from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any

from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.costs import Costs, costs
from se_cost.nets.zoo.model import model
from se_cost.paper.published import PublishedFigure, PublishedFinding, judge
from se_cost.record import Record

OF_SE = "se"  # the study of published.csv
DATA = "studies.csv"  # beside this file
MEBI = 2**20


class Study(Record):
    """A paper, and how it counts."""

    title: str
    source: str
    convention: str
    biases: bool = True  # of the FCs of its SE


STUDIES: Mapping[str, Study] = {
    "cbam": Study(
        "The costs in the CBAM paper, recomputed",
        "Woo et al., CBAM: Convolutional Block Attention Module, arXiv 1807.06521; the authors' "
        "released weights, as github.com/osmr/imgclsmob counts them",
        "Its GFLOPs are multiply-accumulates of convolutions and FCs; the MLP runs twice.",
    ),
    "bam": Study(
        "The cost of BAM's release, recomputed",
        "Park et al., BAM: Bottleneck Attention Module, arXiv 1807.06514; the authors' released "
        "weights, as github.com/osmr/imgclsmob counts them",
        "One block at the end of each of stages 2, 3 and 4.",
    ),
    "eca": Study(
        "The costs in the ECA paper, recomputed",
        "Wang et al., ECA-Net, arXiv 1910.03151, and the authors' code, github.com/BangguWu/ECANet",
        "Its M are 2^20 and its G are 2^30, here written Mi and Gi; the FCs of its SE have no "
        "biases. Operations are what thop counts, of networks with the stride in the 3x3 "
        "convolutions, as those of the authors' code.",
        biases=False,
    ),
    "srm": Study(
        "The costs in the SRM paper, recomputed",
        "Lee et al., SRM: A Style-based Recalibration Module, arXiv 1903.10829",
        "A block adds two weights a channel and a norm.",
    ),
    "mhsa": Study(
        "The costs in the BoTNet paper, recomputed",
        "Srinivas et al., Bottleneck Transformers for Visual Recognition, arXiv 2101.11605",
        "Self-attention with 4 heads replaces the three 3x3 convolutions of the last stage.",
    ),
    "ge": Study(
        "The costs in the gather-excite paper, recomputed",
        "Hu et al., Gather-Excite, arXiv 1810.12348",
        "GE-θ- gathers over the whole map here.",
    ),
    "simam": Study(
        "The costs in the SimAM paper, recomputed",
        "Yang et al., SimAM, ICML 2021, and the authors' code, github.com/ZjjConan/SimAM",
        "Every value has a factor that is made of no weights, and whose operations are not "
        "counted. Operations are multiply-accumulates and two for each value of a norm, as fvcore "
        "counts them, with the stride in the 3x3 convolutions, as in the authors' code.",
    ),
}
QUANTITIES: Mapping[str, Callable[[Costs], int]] = {
    "params": lambda whole: whole.network.params,
    "MACs": lambda whole: whole.network.macs,
    "params added": lambda whole: whole.attention.params,
    "weights added": lambda whole: whole.attention.weights,
    "MACs added": lambda whole: whole.attention.macs,
    "operations (fvcore)": lambda whole: total(whole.network, CONVENTIONS["fvcore"]),
    "operations (thop)": lambda whole: total(whole.network, CONVENTIONS["thop"]),
}
UNITS = {"G": 10**9, "M": 10**6, "Gi": 1024 * MEBI, "Mi": MEBI, "": 1}
OPTIONS = ("place", "stride_in")  # of a network, where the usual ones are not meant


class StudyFinding(Record):
    """A figure of a study beside ours, and what is known of it."""

    finding: PublishedFinding
    remark: str


def findings_of(study: str) -> list[StudyFinding]:
    """Return every figure of a study beside ours, in the order of the file."""
    text = files(__package__).joinpath(DATA).read_text(encoding="utf-8")
    return [
        _judged(line, STUDIES[study])
        for line in csv.DictReader(text.splitlines())
        if line["study"] == study
    ]


def _judged(line: Mapping[str, str], study: Study) -> StudyFinding:
    options: dict[str, Any] = {name: line[name] for name in OPTIONS if line[name]}
    if line["network"].startswith(f"{OF_SE}_"):
        options["bias"] = study.biases
    network = model(line["network"], **options)
    amount = QUANTITIES[line["quantity"]](costs(network))
    ours = Fraction(amount, UNITS[line["unit"]])
    printed = line["published"]
    figure = PublishedFigure("", line["row"], line["quantity"], printed, line["unit"], "")
    return StudyFinding(PublishedFinding(figure, ours, judge(printed, ours)), line["remark"])
