// What a person does about an ending, in the order in which to do it. Every code of the table has its row, by type.
import type { ExitName } from '#core/errors.ts';
import { optionTable, renderDuration } from '#core/options.ts';
import type { OptionName } from '#core/options.ts';

/** Returns an option with its default, as a sentence names it. */
const named = (name: OptionName): string => {
  const { kind, default: standard } = optionTable[name];
  return `--${name} (${kind === 'duration' ? renderDuration(Number(standard)) : String(standard)})`;
};

export const whatToDo: Readonly<Record<ExitName, readonly string[]>> = {
  stopped: ['Nothing: somebody asked for the stop (SIGTERM, or the end of the pod), and everything ended in time.'],
  usage: [
    'Read the line that names the word or variable; it says how it is written.',
    "vllm-launch help COMMAND lists what the command takes. The engine's own flags go after --.",
  ],
  input: [
    'The message names the file, line and column. Mend the file; nothing was started.',
    "For /etc/podinfo: it is the downward API volume, written by the kubelet; check the volume's items in the manifest.",
  ],
  unreachable: [
    "The message names who was missing when the deadline ended. Look at that node's own log and status first.",
    `Check that the leader's name resolves here, and that ${named('group-port')} is open between all nodes.`,
    `If nodes are only slow to be scheduled or to pull their image: raise ${named('group-timeout')} or ${named('dns-timeout')}.`,
  ],
  internal: ['Please report it, with the last log lines, and run it again with --log-level debug for the stack.'],
  os: [
    'The message names the system call and its error. EMFILE, EAGAIN, ENOMEM: raise the limit that is named.',
    'EADDRINUSE: another program has the port; ss -ltnp shows which. Give --group-port, the same on all nodes.',
  ],
  io: ['The message names the file or stream. Look for a full disk, a read-only mount or a reader that went away.'],
  'peer-lost': [
    'The termination message names the lost member and how it was lost (closed, unreachable, silent).',
    'Look at that node: was it evicted, rebooted, out of memory, cut off? Its own launcher may have said why.',
    `If the network pauses for longer than ${named('peer-timeout')}, raise it on all nodes.`,
  ],
  mismatch: [
    'The message names the fields that differ and the members. Give all nodes the same command, image and settings.',
    'During a rollout: members of two generations met; the older ones leave by themselves.',
  ],
  denied: ['Give every node the same --group-token-file; the message says which member was refused.'],
  config: [
    'Nothing was started. The message names the setting, its value, where it came from, and what to write instead.',
    'vllm-launch plan, with the same words and in the same place, shows what was read and what would be refused.',
  ],
  'engine-ended': [
    'vLLM ends with 0 when its engine dies: read the last lines of the process that is named as the cause.',
    "If one of its processes died by SIGKILL, look for the kernel's out-of-memory killer: dmesg, memory.events.",
  ],
  'startup-timeout': [
    "Read the engine's last lines: is it loading weights, compiling, or waiting for another node?",
    `Large models on slow disks need longer than ${named('startup-timeout')}. In a silent hang, check the random ports between nodes.`,
  ],
  'gpu-sick': ['Nothing was started. Cordon the node and run its GPU diagnosis (dcgmi diag -r 2); start elsewhere.'],
  'gpu-lost': ['A GPU fell off the bus. Drain the node; it needs a reboot or a repair. Start elsewhere.'],
  'gpu-needs-reset': ['Drain the node, then nvidia-smi --gpu-reset or a reboot. Start elsewhere meanwhile.'],
  'gpu-memory-fault': [
    'Uncorrectable memory errors. Drain the node; look at nvidia-smi -q -d ECC,ROW_REMAPPER. Start elsewhere.',
  ],
  'gpu-fabric': ["NVLink, NVSwitch or the fabric manager failed. Drain the node; look at its fabric manager's log."],
  'gpu-driver': [
    'The driver does not answer. Drain the node and reboot it: processes that wait for it cannot be killed.',
  ],
  'gpu-access-lost': ['The container lost its devices, as after a reload of systemd. Start again on the same node.'],
  'gpu-memory-held': [
    'Another process holds the memory; the message names it if it can be seen. End it, then start again here.',
  ],
  'gpu-stalled': [
    'Requests waited and nothing moved. Start again here; if it comes back, get a stack of each worker (py-spy dump).',
  ],
  'not-executable': [
    'The file is there but is no program for us: check its permission bits, that it is no directory, and its first line.',
  ],
  'not-found': ['Check the spelling, PATH in the image, and that the command is there at all: command -v NAME.'],
  'stop-forced': [
    'The stop was asked for, so nothing is wrong with the start; but the engine had not ended when the grace time was over.',
    'Raise --grace and terminationGracePeriodSeconds together, or give the engine a shorter --shutdown-timeout.',
  ],
};

/** What to do about a death by signal, where there is more to say than its name. */
export const whatToDoAboutSignal: Readonly<Record<string, readonly string[]>> = {
  SIGKILL: [
    "If nobody asked for a stop: look for the kernel's out-of-memory killer (dmesg, memory.events, OOMKilled).",
    'If the pod was deleted: the grace period ended before the program did.',
  ],
  SIGTERM: ['Somebody asked the program to stop: the platform, an operator, or a member whose cause the group shares.'],
  SIGINT: ['Ctrl-C, or somebody sent SIGINT.'],
  SIGHUP: ['The terminal or the session ended.'],
  SIGSEGV: ['A crash in native code. Keep the core file; compare the versions of driver, CUDA and torch.'],
  SIGABRT: ['Native code gave up (assert, NCCL watchdog, C++ exception). The lines before it say why.'],
  SIGBUS: ['Often a full /dev/shm: raise its size (emptyDir with medium Memory, or --shm-size).'],
  SIGILL: ['A CPU without an instruction that the build needs. Use a build for this CPU.'],
  SIGPIPE: ['It wrote to a reader that had gone.'],
  SIGXCPU: ['A limit on CPU time (ulimit -t) ended it.'],
};
