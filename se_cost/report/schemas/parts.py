"""What several json documents have in common: recipes, environments, times, counts."""

from collections.abc import Mapping

from se_cost.measure.run import Stop
from se_cost.measure.settings import DType, Layout, Mode
from se_cost.nets.attention import GATES, Place, Squeeze
from se_cost.nets.recipe import Head, StrideIn
from se_cost.report.gate.entry import COUNTED
from se_cost.report.schemas.words import (
    NAME,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Schema,
    by_name,
    count,
    items,
    number,
    one_of,
    or_null,
    part,
    table,
)

STAGE = count("Stage, numbered as in the SE paper: the stem is 1.", least=1)
FINAL_STAGE = or_null(count("The last stage that has attention.", least=1))
SHAPE = items(count(least=1), "Channels, height and width.", minItems=1, maxItems=3)
TIMED = ("slower", "faster", "same", "inconclusive")

SPEED = {
    "median_ms": number("Median time of one iteration.", exclusiveMinimum=0),
    "images_per_second": number("Throughput at the median time.", exclusiveMinimum=0),
}
BOUNDS = {
    "percent": number("The estimate, in per cent."),
    "low": or_null(number("Lower end of the 95 % interval; null if there are too few samples.")),
    "high": or_null(number("Upper end of it.")),
}
COMPUTED = {
    "macs": count("Multiply-accumulates for one image."),
    "squeeze": count("Element operations of the pooling."),
    "excite": count("Multiply-accumulates of the FCs."),
    "scale": count("Multiplies of the gated values."),
    "bytes": count("float32 bytes moved."),
}
HOW_IT_RUNS = {
    "mode": one_of(Mode),
    "batch": count("Images per iteration.", least=1),
    "dtype": one_of(DType),
    "layout": one_of(Layout),
}
UNUSUALLY = {
    "autocast": YES_OR_NO,
    "compile": YES_OR_NO,
    "cuda_graphs": YES_OR_NO,
    "fold_norms": YES_OR_NO,
    "optimizer": YES_OR_NO,
    "nproc": count("Data-parallel processes.", least=1),
}
SHARE = or_null(number("Share of the CPU; null where the system does not say.", minimum=0))
MEMORY = {
    "peak_memory_bytes": count("Peak of what tensors take on a GPU, of the process on a CPU."),
    "peak_reserved_bytes": or_null(count("Peak of what torch takes of a GPU; null on a CPU.")),
    "joules_per_image": number("Energy of the GPU.", minimum=0),
}

PARTS: Mapping[str, Schema] = {
    "recipe": table(
        {
            "arch": NAME,
            "family": NAME,
            "input": SHAPE,
            "classes": count("Outputs; 0 if the output is no choice among classes."),
            "stride_in": one_of(StrideIn),
            "head": one_of(Head),
            "width": number("Multiplier of the channels.", exclusiveMinimum=0),
            "attention": table({"place": one_of(Place), "stages": items(part("block"))}),
        },
        about="The whole recipe: the network can be built again from it.",
    ),
    "block": table(
        {
            "stage": STAGE,
            "kind": {"const": "se"},
            "r": count("Reduction ratio.", least=1),
            "squeeze": one_of(Squeeze),
            "gate": one_of(GATES),
            "bias": YES_OR_NO,
        },
        about="The attention in all blocks of one stage.",
    ),
    "added_params": table(
        {
            **{name: count() for name in ("params", "weights", "biases")},
            "percent": number("Per cent of the plain network's parameters."),
        },
        about="Parameters of the attention.",
    ),
    "added_macs": table(
        {**COMPUTED, "percent": number("Per cent of the plain network's multiply-accumulates.")},
        about="Computing of the attention.",
    ),
    "pair": table({"network": count(), "baseline": count()}, about="With attention, and plain."),
    "bounds": table(BOUNDS, about="A change of time, in per cent."),
    "overhead": table(
        {**BOUNDS, "verdict": one_of(TIMED)}, about="Time beside the plain network, in per cent."
    ),
    "arm": table(
        {**SPEED, "overhead": part("overhead")}, MEMORY, about="A network that was timed."
    ),
    "rung": table(
        {
            "dropped": items(STAGE, "Stages that lose their attention."),
            **SPEED,
            "overhead": part("overhead"),
        },
        MEMORY,
        about="A network with the attention of some stages only.",
    ),
    "protocol": table(
        {
            "processes": count("Fresh processes that finished.", least=1),
            "lost": count("Processes that died or hung."),
            "stop": one_of(Stop),
            "reason": TEXT,
            "rule": or_null(
                table(
                    {
                        "target_percent": number("Half-width aimed at.", exclusiveMinimum=0),
                        "max_time": number("Seconds.", exclusiveMinimum=0),
                        "at_least": count("Processes.", least=1),
                        "at_most": count("Processes.", least=1),
                    },
                    about="When to stop; null for the quick protocol.",
                )
            ),
        },
        about="How much was measured, and why no more.",
    ),
    "exchange": table(
        {
            "step_ms": SPEED["median_ms"],
            "without_ms": number("Median time without exchange.", exclusiveMinimum=0),
            "exposed_ms": number("What a step waits for gradients."),
            "ranks_ms": items(number("Of each rank without exchange.", exclusiveMinimum=0)),
            "straggler": or_null(count("The rank that is far slower than the others.")),
            "samples": table(
                {
                    name: items(items(number("Seconds, by rank.", exclusiveMinimum=0)))
                    for name in ("steps", "without")
                }
            ),
        },
        about="The exchange of gradients between data-parallel processes.",
    ),
    "process": table(
        {
            "iterations": count("Iterations of one timing.", least=1),
            "warm": YES_OR_NO,
            "complete": YES_OR_NO,
            "dropped": count("Comparisons during which the GPU was slowed down."),
            "preempted": count("Times the system took the CPU away."),
            "others": SHARE,
            "stolen": SHARE,
            "load": or_null(number("Average load of the last minute.", minimum=0)),
            "throttling": or_null(
                table(
                    {
                        **{name: count() for name in ("readings", "slowed", "power_capped")},
                        **dict.fromkeys(("clock_low", "clock_high", "celsius_high"), WHOLE),
                    },
                    about="State of the GPU; null where nothing tells.",
                )
            ),
        },
        about="One process, and its surroundings.",
    ),
    "environment": table(
        {
            **dict.fromkeys(("se_cost", "torch", "python", "system", "device_name"), TEXT),
            "device": one_of(("cpu", "cuda")),
            "threads": count("Threads of torch on the CPU.", least=1),
            "dtype": one_of(DType),
            "layout": one_of(Layout),
        },
        {
            "cores": count("Cores that the process may use.", least=1),
            "sms": count("Streaming multiprocessors.", least=1),
            "cuda": TEXT,
            "cudnn": count(),
            "cudnn_benchmark": count(),
            "cudnn_tf32": count("1 if convolutions of float32 may run in TF32."),
            "ranks": count("Data-parallel processes.", least=1),
        },
        about="All that a time depends on, and nothing that identifies a person.",
    ),
    "samples": table(
        {
            "iterations": count("Iterations of one timing.", least=1),
            "warm": YES_OR_NO,
            "complete": YES_OR_NO,
            "interrupted": YES_OR_NO,
            "preempted": count("Times the system took the CPU away."),
            "processes": items(part("process"), minItems=1),
            "quads": items(part("quad")),
        },
        about="Every timing that was taken.",
    ),
    "quad": table(
        {
            "process": count("Number of the process, from 0."),
            "arm": NAME,
            "reverse": YES_OR_NO,
            "seconds": items(
                number("Seconds per iteration.", exclusiveMinimum=0), minItems=4, maxItems=4
            ),
        },
        about="Timings in the order ABBA, or BAAB if reversed; A is the plain network.",
    ),
    "count": table(
        {
            "network": count(),
            "plain": count(),
            "stages": by_name(count(), "The network's, by stage."),
            "attention": by_name(count(), "What attention adds, by stage."),
        },
        about="One count of a network, as a whole and by stage.",
    ),
    "entry": table(
        {"recipe": part("recipe")},
        {name: part("count") for name in COUNTED} | {"times": items(part("timed"))},
        about="What is known of one network.",
    ),
    "timed": table(
        {
            "settings": table(HOW_IT_RUNS, UNUSUALLY),
            "environment": part("environment"),
            "baseline": table({"median_ms": SPEED["median_ms"]}),
            "network": table({"median_ms": SPEED["median_ms"]}, {"peak_memory_bytes": count()}),
            "overhead": part("overhead"),
        },
        about="What is kept of a timed comparison.",
    ),
}
