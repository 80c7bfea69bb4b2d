"""Help that is read: options in groups, in the same order everywhere, then examples."""

import inspect

import click

OWN = "Options"  # the heading where no option names another
COLUMN = 26  # where the words of help begin, less a gap


class Command(click.Command):
    """A command whose help groups its options, and whose epilog has one example a line."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group under its heading, in the order that they appear in; --help is last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        heading = OWN
        for option in self.get_params(ctx):
            if isinstance(option, click.Option) and not option.hidden:
                heading = getattr(option, "group", heading)
                sections.setdefault(heading, []).append(_row(option, ctx))
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows, col_max=COLUMN)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in inspect.cleandoc(self.epilog).splitlines():
                    formatter.write(f"  {line}\n")


def _row(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """Return an option with its values, and its help without what click would add to it."""
    record = option.get_help_record(ctx)
    return f"{record[0] if record else '':{COLUMN}}", option.help or ""
