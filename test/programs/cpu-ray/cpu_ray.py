"""Lets the CPU build of vLLM run on Ray: its ranks take Ray's GPUs, which `ray start --num-gpus` makes up."""

from vllm.platforms.cpu import CpuPlatform


class CpuRayPlatform(CpuPlatform):
    ray_device_key = "GPU"

    @classmethod
    def get_device_communicator_cls(cls) -> str:
        return "cpu_ray_communicator.BetweenNodes"


def register() -> str:
    return "cpu_ray.CpuRayPlatform"
