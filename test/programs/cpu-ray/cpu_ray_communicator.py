"""Ranks talk over the network: vLLM 0.31 takes all ranks on Ray for ranks of one host, and these have no shared memory in common."""

from vllm.distributed.device_communicators.cpu_communicator import CpuCommunicator


class BetweenNodes(CpuCommunicator):
    def _all_group_ranks_share_shm_group_name(self) -> bool:
        return False
