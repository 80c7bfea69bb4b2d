"""Help that is read: options in groups, in the same order everywhere, then examples."""

import inspect

import click

COSTS = (
    *("params", "macs", "activation-bytes", "attention-params-percent"),
    *("attention-macs-percent", "overhead-percent", "peak-memory"),
)
GROUPS = {
    "At most": tuple(f"max-{cost}" for cost in COSTS),
    "Growth, in % of the baseline": tuple(f"grow-{cost}" for cost in COSTS),
    "Network": ("arch", "input", "classes", "stride-in", "head", "width"),
    "Attention": (
        *("attention", "r", "place", "squeeze", "gate", "bias", "stages", "drop-stages"),
    ),
    "Measuring": (
        *("measure", "time", "mode", "device", "batch", "dtype", "autocast", "layout"),
        *("fold-norms", "optimizer", "compile", "cuda-graphs", "nproc", "threads", "seed"),
    ),
    "Protocol": (*("quick", "target", "max-time", "runs", "ladder", "self-check", "energy"),),
    "Output": ("format", "output", "figure", "quiet", "no-color"),
}
OWN = "Options"  # of one command alone
HELP = "help"
COLUMN = 26  # where the words of help begin, less a gap


class Command(click.Command):
    """A command whose help groups its options, and whose epilog has one example a line."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group under its name, what is in none first, and --help last."""
        options = {
            _word(option): option
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and not option.hidden
        }
        grouped = {word for words in GROUPS.values() for word in words} | {HELP}
        groups = {OWN: tuple(word for word in options if word not in grouped), **GROUPS}
        shown = {heading: [w for w in words if w in options] for heading, words in groups.items()}
        last = next((heading for heading in reversed(shown) if shown[heading]), OWN)
        shown[last].append(HELP)
        for heading, words in shown.items():
            if words:
                with formatter.section(heading):
                    formatter.write_dl([_row(options[w], ctx) for w in words], col_max=COLUMN)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in inspect.cleandoc(self.epilog).splitlines():
                    formatter.write(f"  {line}\n")


def _word(option: click.Option) -> str:
    """Return the word of an option, without the dashes: the longest of its names."""
    return max(option.opts, key=len).removeprefix("--")


def _row(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """Return an option with its values, and its help with nothing but the default added."""
    record = option.get_help_record(ctx)
    default = option.get_help_extra(ctx).get("default")
    told = f"  [default: {default}]" if default else ""
    return f"{record[0] if record else '':{COLUMN}}", f"{option.help or ''}{told}"
