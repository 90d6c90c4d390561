"""The command ``rag completion``: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that lets SHELL complete commands.

    \b
    eval "$(rag completion bash)"                                in ~/.bashrc
    eval "$(rag completion zsh)"                                 in ~/.zshrc
    rag completion fish >~/.config/fish/completions/rag.fish     once
    """
    from rag.cli import main

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "rag", "_RAG_COMPLETE").source())
