"""`pkit`: the tools around the generator."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from pkit_gen import resources
from pkit_gen.cli.failures import bugs_reported
from pkit_gen.cli.graph import graph
from pkit_gen.cli.migrate import migrate
from pkit_gen.cli.schema import schema
from pkit_gen.diagnostics.catalog import mistakes
from pkit_gen.diagnostics.suggest import closest


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pkit-gen", prog_name="pkit")
def pkit() -> None:
    """The tools around pkit-gen."""


pkit.add_command(graph)
pkit.add_command(migrate)
pkit.add_command(schema)


def _complete_code(_context: click.Context, _parameter: click.Parameter, start: str) -> list[CompletionItem]:
    return [
        CompletionItem(mistake.code, help=mistake.title)
        for mistake in mistakes()
        if mistake.code.startswith(start.strip().upper())
    ]


@pkit.command()
@click.argument("code", required=False, shell_complete=_complete_code)
def explain(code: str | None) -> None:
    """Explain a diagnostic, as PK301: what it means, a wrong and a right example. Without CODE, list them all."""
    titles = {mistake.code: mistake.title for mistake in mistakes()}
    if code is None:
        with bugs_reported(verbose=False):
            click.echo("\n".join(f"{known}  {title}" for known, title in titles.items()))
        return
    wanted = code.strip().upper()
    if wanted not in titles:
        meant = closest(wanted, titles)
        raise click.BadParameter(f"no diagnostic has the code {code}" + (f"; did you mean {meant}?" if meant else ""))
    with bugs_reported(verbose=False):
        _print_page(wanted)


def _print_page(code: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    page = resources.folder("docs") / "diagnostics" / f"{code}.md"
    Console().print(Markdown(page.read_text("utf-8")))
