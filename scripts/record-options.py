"""Prints src/upstream/vllm/options-0.31.ts: every option of the installed vLLM and Dynamo parsers and how many words each eats.

Run it with the Python of the engines' venv:
  "$(scripts/engines)/bin/python" scripts/record-options.py | npx prettier --stdin-filepath options.ts > src/upstream/vllm/options-0.31.ts
"""

import argparse
import importlib.metadata
import os

os.environ["VLLM_LOGGING_LEVEL"] = "ERROR"

from dynamo.common.configuration.groups.router_args import add_worker_router_arguments  # noqa: E402
from dynamo.common.configuration.groups.runtime_args import DynamoRuntimeArgGroup  # noqa: E402
from dynamo.vllm.backend_args import DynamoVllmArgGroup  # noqa: E402
from vllm.engine.arg_utils import AsyncEngineArgs  # noqa: E402
from vllm.entrypoints.launchers.cli_args import make_arg_parser  # noqa: E402
from vllm.utils.argparse_utils import FlexibleArgumentParser  # noqa: E402

KINDS = {None: "value", "+": "list", "*": "any", "?": "optional", 0: "flag"}


def kind_of(action):
    return "toggle" if isinstance(action, argparse.BooleanOptionalAction) else KINDS[action.nargs]


def names_of(action):
    names = action.option_strings
    if kind_of(action) == "toggle":
        names = [name for name in names if not name.startswith("--no-")]
        assert {"--no-" + name[2:] for name in names if name.startswith("--")} <= set(action.option_strings)
    return "|".join(sorted(names, key=lambda name: not name.startswith("--")))


def options_of(parser, without=()):
    """The options of a parser by kind, each as its names joined by "|"."""
    table = {kind: [] for kind in (*KINDS.values(), "toggle")}
    for action in parser._actions:
        if action.option_strings and action.dest not in without:
            table[kind_of(action)].append(names_of(action))
    return {kind: " ".join(sorted(names)) for kind, names in table.items()}


def print_table(name, comment, table):
    print(f"\n/** {comment} */\nexport const {name} = {{")
    for kind, names in table.items():
        line = f"  {kind}: '{names}',"
        print(line if len(line) <= 120 else line.replace(": ", ":\n    "))
    print("} as const;")


engine = FlexibleArgumentParser(add_help=False)
AsyncEngineArgs.add_cli_args(engine, async_args_only=False)
serve = make_arg_parser(FlexibleArgumentParser())
dynamo = argparse.ArgumentParser(allow_abbrev=False)
DynamoRuntimeArgGroup().add_arguments(dynamo)
DynamoVllmArgGroup().add_arguments(dynamo)
router = argparse.ArgumentParser(add_help=False)
add_worker_router_arguments(router)

vllm_version = importlib.metadata.version("vllm").split("+")[0]
dynamo_version = importlib.metadata.version("ai-dynamo")
print(
    f"// Written by scripts/record-options.py from vLLM {vllm_version} and ai-dynamo {dynamo_version}; not edited by hand.\n"
    "// An option is its names joined by `|`. `value` eats one word, `list` one or more, `any` none or more, `optional` none or one,\n"
    "// `flag` none; a `toggle` eats none and has a `--no-` form of each long name."
)
print_table("engineOptions", "vLLM's AsyncEngineArgs: shared by `vllm serve` and `python -m dynamo.vllm`.", options_of(engine))
print_table(
    "frontendOptions",
    "What `vllm serve` and the OpenAI API server add to them.",
    options_of(serve, without={action.dest for action in engine._actions}),
)
print_table("dynamoOptions", "Dynamo's own parser, which reads the words first and knows no abbreviations.", options_of(dynamo))
print_table("routerOptions", "Dynamo's router parser, which reads what the first one left.", options_of(router))
