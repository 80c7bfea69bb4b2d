"""The options that add a measurement to what is counted."""

from se_cost.cli.options.option import Option

MEASURING = "Measuring"
MEASURE = Option("--measure/--no-measure", MEASURING, "Count the built modules too.", default=False)
ALTERNATIVES = Option(
    "--alternatives", MEASURING, "Every other kind of attention in the network, counted."
)
TIME = Option("--time/--no-time", MEASURING, "Measure the overhead here too.", default=False)
