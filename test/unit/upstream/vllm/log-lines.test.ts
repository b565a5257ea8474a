import { describe, expect, test } from 'vitest';

import { classifyLine, type LineMeaning } from '#upstream/vllm/log-lines.ts';

type Row = readonly [kind: LineMeaning['kind'], what: string, line: string];

// Lines as the programs write them, most with the reader's own prefix.
describe('lines that tell something', () => {
  test.each<Row>([
    [
      'collateral',
      'gloo lost a peer',
      '(Worker_TP0 pid=9) ERROR 11-21 10:00:00 [multiproc_executor.py:1058] RuntimeError: [/__w/pytorch/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:553] Connection closed by peer [10.77.0.11]:52428. This is typically caused by a remote worker crashing.',
    ],
    [
      'collateral',
      'gloo lost a peer',
      'RuntimeError: [third_party/gloo/gloo/transport/tcp/pair.cc:547] Connection reset by peer',
    ],
    [
      'collateral',
      'NCCL lost a peer',
      'ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.',
    ],
    ['collateral', 'NCCL lost a peer', 'socketProgress: Connection closed by remote peer node-1<41234>'],
    ['collateral', 'NCCL lost a peer', 'NCCL error: remote process exited or there was a network error'],
    [
      'collateral',
      'NCCL gave up waiting for a peer',
      '[Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1)',
    ],
    ['collateral', 'NCCL was aborted', 'NCCL communicator was aborted on rank 0.'],
    ['collateral', 'the rendezvous store is gone', '[W TCPStore.cpp:106] recv failed: Connection reset by peer'],
    ['collateral', 'the rendezvous store is gone', '[W TCPStore.cpp:125] sendBytes failed: Broken pipe'],
    ['collateral', 'the rendezvous store is gone', 'recvValue failed on SocketImpl(fd=55)'],
    [
      'collateral',
      'a node did not come to the rendezvous',
      'torch.distributed.DistStoreError: Timed out after 601 seconds waiting for clients. 1/2 clients joined.',
    ],
    ['collateral', 'a worker did not answer in time', 'TimeoutError: RPC call to execute_model timed out.'],
    [
      'collateral',
      'a worker does not answer',
      'No available shared memory broadcast block found in 60 seconds. This typically happens when',
    ],
    ['collateral', 'the engine core is gone', 'vllm.v1.engine.exceptions.EngineDeadError'],
    [
      'collateral',
      'the engine core is gone',
      'EngineCore encountered an issue. See stack trace (above) for the root cause.',
    ],
    [
      'collateral',
      'the engine core did not start',
      'RuntimeError: Engine core initialization failed. See root cause above.',
    ],
    [
      'collateral',
      'a worker did not start',
      'Exception: WorkerProc initialization failed due to an exception in a background process.',
    ],
    [
      'cause',
      'a port is taken',
      'The server socket has failed to listen on any local network address. port: 29500, EADDRINUSE',
    ],
    ['cause', 'a port is taken', 'OSError: [Errno 98] Address already in use'],
    ['cause', 'a port is taken', "error while attempting to bind on address ('0.0.0.0', 8000): address already in use"],
    ['cause', 'out of GPU memory', 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB.'],
    ['cause', 'out of GPU memory', 'torch.OutOfMemoryError: tried'],
    [
      'cause',
      'GPU memory is in use by others',
      'ValueError: Free memory on device cuda:0 (1.2/79.1 GiB) on startup is less than desired GPU memory utilization (0.9, 71.2 GiB).',
    ],
    [
      'cause',
      'no memory is left for the KV cache',
      'ValueError: No available memory for the cache blocks. Try increasing',
    ],
    [
      'cause',
      'no memory is left for the KV cache',
      '(2.0 GiB KV cache is needed, which is larger than the available KV cache memory (1.0 GiB).',
    ],
    ['cause', 'out of memory', 'OSError: [Errno 12] Cannot allocate memory'],
    ['cause', 'a disk or /dev/shm is full', 'OSError: [Errno 28] No space left on device'],
    ['cause', 'no device was found', 'RuntimeError: Failed to infer device type, please set the environment variable'],
    ['cause', 'no GPU was found', 'RuntimeError: No CUDA GPUs are available'],
    [
      'cause',
      'the model is not there',
      "OSError: /m is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
    ],
    ['cause', 'the model is not there', 'OSError: /m does not appear to have a file named config.json.'],
    ['cause', 'the model is not there', "ValueError: Invalid repository ID or local directory specified: '/m'."],
    ['cause', 'the model is not there', 'Repository Not Found for url: https://huggingface.co/api/models/x.'],
    ['cause', 'the model needs permission', 'Cannot access gated repo for url https://huggingface.co/x.'],
    ['cause', 'a CUDA error', 'torch.AcceleratorError: CUDA error: an illegal memory access was encountered'],
    ['cause', 'no network interface fits', 'Bootstrap : no socket interface found'],
    [
      'cause',
      'no network interface fits',
      'RuntimeError: [gloo/transport/tcp/device.cc:83] Unable to find address for: eth9',
    ],
    ['cause', 'NCCL failed', 'RuntimeError: NCCL error: unhandled system error'],
    ['cause', 'an option is not accepted', 'vllm serve: error: unrecognized arguments: -tp4'],
    [
      'cause',
      'a worker process died',
      'Worker proc VllmWorker-1 died unexpectedly (exit code: -9), shutting down executor.',
    ],
    ['cause', 'an engine process died', 'RuntimeError: Engine core process EngineCore_DP0 died unexpectedly.'],
    ['cause', 'a worker failed', 'WorkerProc failed.'],
    ['cause', 'the engine core did not start', 'EngineCore failed to start.'],
    ['cause', 'the engine core failed', 'EngineCore encountered a fatal error.'],
  ])('%s, %s', (kind, what, line) => {
    expect(classifyLine(line)).toEqual({ kind, what });
  });
});

test.each([
  '',
  'INFO:     Application startup complete.',
  'Connection closed by peer',
  'gloo: connected',
  'RPC call to execute_model',
  'the request timed out',
  'Connection reset by peer',
  'waiting for clients.',
  'Free memory on device cuda:0',
  'Worker proc VllmWorker-1 started',
  'error: none',
])('%j tells nothing', (line) => {
  expect(classifyLine(line)).toBeNull();
});

test('only the first 4096 characters of a line are looked at', () => {
  expect(classifyLine(`${'x'.repeat(4096 - 10)}EADDRINUSE`)).not.toBeNull();
  expect(classifyLine(`${'x'.repeat(4096 - 9)}EADDRINUSE`)).toBeNull();
});
