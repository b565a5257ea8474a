// Signal numbers of Linux on x86-64 and arm64: signal(7), include/uapi/asm-generic/signal.h.
const names = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT ' +
  'CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

const lastRealTime = 64;

/** Returns the name of a signal (`SIGKILL` for 9, `SIGRTMIN+3` for 37), or null where the number is none. */
export function signalName(number: number): string | null {
  const name = names[number - 1];
  if (name !== undefined) return `SIG${name}`;
  if (!Number.isInteger(number) || number < 32 || number > lastRealTime) return null;
  return number < 34 ? `SIG${number}` : `SIGRTMIN${number === 34 ? '' : `+${number - 34}`}`;
}

/** Returns the number of a signal's name (9 for `SIGKILL`), or null where there is no such signal. */
export function signalNumber(name: string): number | null {
  const index = names.indexOf(name.replace(/^SIG/, ''));
  return index < 0 ? null : index + 1;
}
