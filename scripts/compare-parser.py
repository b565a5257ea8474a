"""Answers, line by line, how the installed engine reads its words. One process, about 200 lines a second.

stdin:  {"program": "vllm-serve" | "openai-api-server" | "dynamo-vllm", "words": [...], "config"?: "text of c.yaml"}
        A word c.yaml after --config names a file with that text.
stdout: {"refused": null | "message", "help": bool, "read": null | {names of PICKED: values}}

What is real: the parsers, the checks of `vllm serve` and run_headless, create_engine_config up to and with ParallelConfig.
What stands aside: the model (its configuration counts as a mixture of experts), what comes after ParallelConfig, the start of processes.
CUDA is pretended where ParallelConfig asks for it (expert load balancing) and NIXL counts as installed, as in a runtime image.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import types

for name in [name for name in os.environ if name.startswith(("DYN_", "VLLM_"))]:
    del os.environ[name]
os.environ.update(VLLM_LOGGING_LEVEL="CRITICAL", VLLM_NO_USAGE_STATS="1", RANK="0")
answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
os.dup2(2, 1)
words_in = sys.stdin

PICKED = """tensor_parallel_size pipeline_parallel_size prefill_context_parallel_size decode_context_parallel_size
data_parallel_size data_parallel_size_local data_parallel_rank data_parallel_start_rank data_parallel_address
data_parallel_rpc_port data_parallel_backend data_parallel_hybrid_lb data_parallel_external_lb
data_parallel_multi_port_external_lb data_parallel_supervisor_port distributed_executor_backend nnodes node_rank master_addr master_port
enable_expert_parallel enable_elastic_ep enable_eplb elastic_ep_max_dp_size shutdown_timeout headless
api_server_count port host model served_model_name disaggregation_mode""".split()


class Refused(Exception):
    pass


class Asked(Exception):
    """For help or the version."""


class Started(Exception):
    pass


def refuse(_parser, message):
    raise Refused(message)


def ask(*_args, **_kwargs):
    raise Asked


def start(*_args, **_kwargs):
    raise Started


argparse.ArgumentParser.error = refuse
argparse._HelpAction.__call__ = ask
argparse._VersionAction.__call__ = ask

import vllm.distributed.nixl_utils  # noqa: E402
import vllm.engine.arg_utils as arg_utils  # noqa: E402
import vllm.entrypoints.cli.serve as serve  # noqa: E402
import vllm.entrypoints.launchers.dp_supervisor as dp_supervisor  # noqa: E402
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args  # noqa: E402
from vllm.platforms import current_platform  # noqa: E402
from vllm.utils.argparse_utils import FlexibleArgumentParser  # noqa: E402

try:
    import dynamo.vllm.args as dynamo_args
    from dynamo.vllm.headless import run_dynamo_headless
except ImportError:
    dynamo_args = None
logging.disable(logging.CRITICAL)
if dynamo_args:
    dynamo_args.logger.disabled = True


class AnyModel:
    """Stands in for a model's configuration: any attribute, a mixture of experts."""

    is_moe, model, model_weights, tokenizer, max_model_len, skip_tokenizer_init = True, "m", "m", "m", 256, True

    def __getattr__(self, name):
        return lambda *_args, **_kwargs: None


def after_parallel_config(self, target_model_config, target_parallel_config):
    raise Built(target_parallel_config)


class Built(Exception):
    def __init__(self, parallel_config):
        self.parallel_config = parallel_config


def engine_config(self, usage_context=None, headless=False):
    arg_utils.CacheConfig = types.SimpleNamespace
    try:
        create_engine_config(self, usage_context, headless)
    except Built as built:
        built.parallel_config.node_rank_within_dp  # a property that refuses what does not divide
        return types.SimpleNamespace(parallel_config=built.parallel_config, shutdown_timeout=0)
    finally:
        arg_utils.CacheConfig = cache_config
    raise AssertionError("create_engine_config went on after ParallelConfig")


async def run_server(args, **_kwargs):
    arg_utils.AsyncEngineArgs.from_cli_args(args).create_engine_config()


def run_dp_supervisor(args):
    for local_rank in (0, args.data_parallel_size_local - 1):
        child = dp_supervisor._build_vllm_dp_server_args(args, local_rank)
        arg_utils.AsyncEngineArgs.from_cli_args(child).create_engine_config()


cache_config = arg_utils.CacheConfig
create_engine_config = arg_utils.EngineArgs.create_engine_config
arg_utils.EngineArgs.create_engine_config = engine_config
arg_utils.EngineArgs.create_speculative_config = after_parallel_config
arg_utils.EngineArgs.create_model_config = lambda self: AnyModel()
for name in ("_set_default_chunked_prefill_and_prefix_caching_args", "_set_default_reasoning_config_args"):
    setattr(arg_utils.EngineArgs, name, lambda self, *_args: setattr(self, "enable_prefix_caching", True))
arg_utils.EngineArgs._resolve_device_ids = lambda self: None
arg_utils.maybe_override_with_speculators = lambda model, tokenizer, **kwargs: (model, tokenizer, None)
arg_utils.resolve_kv_cache_dtype_string = lambda *_args: "auto"
arg_utils.configure_logging_if_needed = lambda _config: None
vllm.distributed.nixl_utils.is_nixl_available = lambda: True
type(current_platform).is_cuda_alike = lambda self: True
serve.MultiprocExecutor = start
serve.CoreEngineProcManager = start
serve.run_dp_supervisor = run_dp_supervisor
dp_supervisor._build_device_ids = lambda *_args: None
serve.run_server = run_server
serve.run_multi_api_server = lambda args: arg_utils.AsyncEngineArgs.from_cli_args(args).create_engine_config()
serve.Executor = types.SimpleNamespace(get_class=lambda _config: None)
serve.signal.signal = lambda *_args: None

cli = FlexibleArgumentParser()
cli.add_argument("-v", "--version", action="version", version="")
commands = cli.add_subparsers(required=False, dest="subparser")
serve.ServeSubcommand().subparser_init(commands)
api_server = make_arg_parser(FlexibleArgumentParser())


def run_serve(words):
    """What `vllm serve` does with its words (vllm/entrypoints/cli/main.py)."""
    args = cli.parse_args(["serve", *words])
    read = vars(args).copy()
    if args.model_tag is not None:
        read["model"] = args.model_tag
    yield read
    serve.ServeSubcommand().validate(args)
    serve.ServeSubcommand.cmd(args)


def run_api_server(words):
    args = api_server.parse_args(words)
    yield vars(args).copy()
    validate_parsed_serve_args(args)
    serve.uvloop.run(run_server(args))


def run_dynamo(words):
    """What `python -m dynamo.vllm` does with them (dynamo/vllm/args.py, main.py)."""
    config, args = dynamo_args._parse_cli_args(words)
    config.engine_args = arg_utils.AsyncEngineArgs.from_cli_args(args)
    read = {**vars(args), "headless": config.headless}
    config._resolve_disaggregation_mode()
    yield {**read, "disaggregation_mode": config.disaggregation_mode.value}
    if config.headless:
        run_dynamo_headless(config)
    else:
        config.engine_args.create_engine_config()


PROGRAMS = {"vllm-serve": run_serve, "openai-api-server": run_api_server, "dynamo-vllm": run_dynamo}


def answer(line):
    answered = {"refused": None, "help": False, "read": None}
    if "config" in line:
        with open("c.yaml", "w") as file:
            file.write(line["config"])
    try:
        for read in PROGRAMS[line["program"]](list(line["words"])):
            answered["read"] = {name: read.get(name) for name in PICKED}
    except Started:
        pass
    except Asked:
        answered["help"] = True
    except Refused as refused:
        answered["refused"] = f"parser: {refused}"
    except (Exception, SystemExit) as error:
        answered["refused"] = f"{type(error).__name__}: {error}"
    return answered


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for text in words_in:
        print(json.dumps(answer(json.loads(text)), default=str), file=answers, flush=True)
    os.chdir("/")
