// The few lines of an engine's output that name a cause, or tell that somebody else's death is only being noticed.
// Read in vLLM 0.31 (vllm/v1), torch 2.13 (gloo, c10d, NCCL), NCCL 2.29, transformers and huggingface_hub; the gloo line and
// "died unexpectedly" were also seen when processes were killed. The first such line of an output counts, later ones are its echo.

export type LineMeaning = {
  /** `collateral`: a peer or a process beside it is gone or silent, and this one noticed. `cause`: why this one cannot go on. */
  readonly kind: 'collateral' | 'cause';
  /** What it tells, in words that fit behind "the engine said: ". */
  readonly what: string;
};

/** Longer lines are looked at up to here. */
const longestLine = 4096;

/** Returns what a line of output tells about an end, or null. */
export function classifyLine(line: string): LineMeaning | null {
  const text = line.slice(0, longestLine);
  for (const [kind, what, ...parts] of meanings) if (parts.every((part) => text.includes(part))) return { kind, what };
  return null;
}

/**
 * Tells whether a line says that an EngineCore died under the process that wrote it: EngineDeadError (vllm/v1/engine/core_client.py, and
 * dynamo/vllm/engine_monitor.py 1.6.1, which then leaves with 1 at once), or "died unexpectedly" (vllm/v1/utils.py).
 */
export const tellsOfDeadCore = (line: string): boolean => {
  const text = line.slice(0, longestLine);
  return text.includes('EngineDeadError') || (text.includes('Engine core proc') && text.includes('died unexpectedly'));
};

// A row fits where all its parts are in the line. Rows about a lost peer come first: such lines hold more general words too.
const meanings: readonly (readonly [LineMeaning['kind'], string, string, ...(readonly string[])])[] = [
  ['collateral', 'gloo lost a peer', 'gloo', 'Connection closed by peer'],
  ['collateral', 'gloo lost a peer', 'gloo', 'Connection reset by peer'],
  ['collateral', 'NCCL lost a peer', 'ncclRemoteError'],
  ['collateral', 'NCCL lost a peer', 'Connection closed by remote peer'],
  ['collateral', 'NCCL lost a peer', 'remote process exited or there was a network error'],
  ['collateral', 'NCCL gave up waiting for a peer', 'Watchdog caught collective operation timeout'],
  ['collateral', 'NCCL was aborted', 'NCCL communicator was aborted'],
  ['collateral', 'the rendezvous store is gone', 'TCPStore', 'Connection reset by peer'],
  ['collateral', 'the rendezvous store is gone', 'TCPStore', 'Broken pipe'],
  ['collateral', 'the rendezvous store is gone', 'recvValue failed'],
  ['collateral', 'a node did not come to the rendezvous', 'waiting for clients.', 'clients joined'],
  ['collateral', 'a worker did not answer in time', 'RPC call to ', ' timed out'],
  ['collateral', 'a worker does not answer', 'No available shared memory broadcast block found'],
  ['collateral', 'the engine core is gone', 'EngineDeadError'],
  ['collateral', 'the engine core is gone', 'EngineCore encountered an issue'],
  ['collateral', 'the engine core did not start', 'Engine core initialization failed'],
  ['collateral', 'a worker did not start', 'WorkerProc initialization failed due to an exception in a'],
  ['cause', 'a port is taken', 'EADDRINUSE'],
  ['cause', 'a port is taken', 'ddress already in use'],
  ['cause', 'out of GPU memory', 'CUDA out of memory'],
  ['cause', 'out of GPU memory', 'OutOfMemoryError'],
  ['cause', 'GPU memory is in use by others', 'Free memory on device', 'is less than desired GPU memory utilization'],
  ['cause', 'no memory is left for the KV cache', 'No available memory for the cache blocks'],
  ['cause', 'no memory is left for the KV cache', 'larger than the available KV cache'],
  ['cause', 'out of memory', 'Cannot allocate memory'],
  ['cause', 'a disk or /dev/shm is full', 'No space left on device'],
  ['cause', 'no device was found', 'Failed to infer device type'],
  ['cause', 'no GPU was found', 'No CUDA GPUs are available'],
  ['cause', 'the model is not there', 'is not a local folder and is not a valid model identifier'],
  ['cause', 'the model is not there', 'does not appear to have a file named'],
  ['cause', 'the model is not there', 'Invalid repository ID or local directory specified'],
  ['cause', 'the model is not there', 'Repository Not Found for url'],
  ['cause', 'the model needs permission', 'gated repo'],
  ['cause', 'a CUDA error', 'CUDA error: '],
  ['cause', 'no network interface fits', 'no socket interface found'],
  ['cause', 'no network interface fits', 'Unable to find address for: '],
  ['cause', 'NCCL failed', 'NCCL error'],
  ['cause', 'an option is not accepted', ': error: '],
  ['cause', 'a worker process died', 'Worker proc ', 'died unexpectedly'],
  ['cause', 'an engine process died', 'died unexpectedly'],
  ['cause', 'a worker failed', 'WorkerProc failed'],
  ['cause', 'the engine core did not start', 'EngineCore failed to start'],
  ['cause', 'the engine core failed', 'EngineCore encountered a fatal error'],
];
