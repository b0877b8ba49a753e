"""``snapstamps view``: the report in a browser."""

from typing import Annotated

import typer

from snapstamps.cli.common import HERE, ProjectFolder, open_project


def view(
    project: ProjectFolder = HERE,
    *,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the report on this machine only, until Ctrl-C, and open it there.")
    ] = False,
    tiles: Annotated[
        bool,
        typer.Option("--tiles", help="Offer an online map behind the PS, which asks OpenStreetMap; implies --serve."),
    ] = False,
    port: Annotated[int, typer.Option(help="Port for --serve; 0: any free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser; else only print the address.")] = True,
) -> None:
    """
    Open the report in a browser.

    Example: snapstamps view -C my-area
    """
    import webbrowser

    from snapstamps.model.errors import DataError
    from snapstamps.results.report.run import REPORT
    from snapstamps.results.report.serve import report_server

    path = open_project(project).products_folder / REPORT
    if not path.is_file():
        raise DataError("there is no report yet", where=path, remedy="snapstamps run, or snapstamps report")
    if not (serve or tiles):
        typer.echo(path)
        if browser and not webbrowser.open(path.as_uri()):
            typer.echo("no browser was found; open the file by hand, or use --serve")
        return
    with report_server(path, port=port, tiles=tiles) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        typer.echo(f"{address} until Ctrl-C")
        if browser:
            webbrowser.open(address)
        server.serve_forever()
