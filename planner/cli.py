"""The command line: the same verbs as the library."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

import click

from planner.commands.baselines import baseline
from planner.commands.common import EPILOG
from planner.commands.comparing import compare
from planner.commands.index import runs
from planner.commands.instances import check, convert, generate, model, new, schema
from planner.commands.runs import bridge, export, horizon, roll, show, verify
from planner.commands.solving import doctor, solve
from planner.commands.sweeping import sweep
from planner.errors import shown


class _Verbs(click.Group):
    """Commands in the order of their definition; errors that a user can mend end in their exit code, never in a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a name that the terminal cannot write is no reason to fail
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(130)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader has gone, as `head` does; click ends quietly
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - nothing more can be written, at the interpreter's end neither
            click.echo(f"planner: {error.filename or 'the output'} cannot be used: {error.strerror or error}", err=True)
            ctx.exit(2)
        except Exception as error:
            code = getattr(error, "exit_code", None)
            if code is None or isinstance(error, click.exceptions.Exit | click.ClickException):
                raise
            click.echo("\n".join(map(shown, f"planner: {error}".splitlines())), err=True)
            ctx.exit(code)


@click.group(cls=_Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="megawatt-planner", prog_name="planner")
def main() -> None:
    """Allocate MW across sites and years between hashing, colocation leases and HPC, and prove the plan."""


for command in (
    solve, sweep, check, verify, show, compare, baseline, runs, horizon, roll, bridge, export, convert, new, doctor, generate, model,
    schema,
):  # fmt: skip
    main.add_command(command)


if __name__ == "__main__":
    main()
