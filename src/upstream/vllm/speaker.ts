// Which process wrote a line: vLLM puts "(NAME pid=N) " before each line of its log, in colour on a terminal
// (vLLM 0.31 vllm/logging_utils/formatter.py; seen in the output of real runs).
const prefix = /^(?:.\[[\d;]*m)?\([^()]{1,64} pid=(\d{1,10})\)/u;

/** Returns the pid of the process that wrote a line of vLLM's log, or null where the line does not tell. */
export function speakerOf(line: string): number | null {
  const pid = prefix.exec(line)?.[1];
  return pid === undefined ? null : Number(pid);
}
