// Titles that vLLM gives its own processes: PREFIX::NAME, PREFIX from VLLM_PROCESS_NAME_PREFIX (vllm/utils/system_utils.py,
// set_process_title), NAME with the ranks behind it: EngineCore_DP0, Worker_PP1_TP3, APIServer_0.
const engineTitle = /^([^\s:]*)::(?:EngineCore|Worker|APIServer|DPCoordinator)(?:_\w+)?$/;

/**
 * Returns whether a process's command line is a title of vLLM's own processes. Takes /proc/PID/cmdline as it is, or the title
 * alone. An idle Ray actor of a class called Worker is `ray::Worker` and none of them.
 */
export function isEngineTitle(commandLine: string): boolean {
  const [title = ''] = commandLine.split('\0', 1);
  const found = engineTitle.exec(title.trimEnd());
  return found !== null && found[1] !== 'ray';
}

/** Returns whether a title is that of an engine core. */
export const isCoreTitle = (title: string): boolean => isEngineTitle(title) && /::EngineCore(?:_|$)/.test(title);
