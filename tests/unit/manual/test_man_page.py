"""The man page."""

from __future__ import annotations

from typing import Annotated

import typer

from dreamer_studio.manual.man_page import man_page


def made_app() -> typer.Typer:
    app = typer.Typer(help="Do two things.\n\nAnd a third.", context_settings={"help_option_names": ["-h", "--help"]})
    inner = typer.Typer(help="More verbs.")

    @app.callback()
    def window(quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False) -> None: ...

    @app.command()
    def count(run: Annotated[str, typer.Argument(metavar="RUN", help=".dots and \\n stay.")]) -> None:
        """Count to ten."""

    @inner.command()
    def stop(hard: Annotated[bool, typer.Option("--hard", help="At once.")] = False) -> None:
        """Stop the count."""

    @inner.command()
    def go() -> None:
        """Go on."""

    app.add_typer(inner, name="more")
    return app


def test_that_the_page_describes_every_verb_and_option_and_the_exit_codes() -> None:
    lines = man_page(made_app(), "dreamer-studio", "1.2").splitlines()
    assert lines[0] == '.TH DREAMER\\-STUDIO 1 "" "dreamer\\-studio 1.2" "User Commands"'
    verbs = [line.removeprefix(".SS dreamer\\-studio ") for line in lines if line.startswith(".SS")]
    assert verbs == ["count", "more", "more stop", "more go"]
    assert {"Count to ten.", "More verbs.", "Stop the count.", "Say nothing.", "At once."} <= set(lines)
    assert ".B \\-\\-quiet" in lines and ".B \\-\\-hard" in lines
    assert lines[lines.index(".SH EXIT STATUS") + 1 :][:2] == [".TP", ".B 0"]


def test_that_paragraphs_stay_apart_and_no_text_is_taken_for_a_request() -> None:
    lines = man_page(made_app(), "dreamer-studio", "1.2").splitlines()
    about = lines.index("Do two things.")
    assert lines[about + 1 : about + 3] == [".PP", "And a third."]
    assert any(line.startswith("\\&.dots and \\en stay.") for line in lines)
