#!/usr/bin/env node
// First the signals: what comes before somebody listens is kept, two of each, and nothing of it has its default effect.
const names =
  'TERM INT HUP QUIT USR1 USR2 WINCH CONT TSTP TTIN TTOU ALRM PIPE VTALRM PROF IO URG XCPU XFSZ PWR STKFLT'.split(' ');
const queue = { pending: [], deliver: null };
for (const name of names.map((short) => `SIG${short}`)) {
  process.on(name, () => {
    const signal = { name, atMs: performance.now() };
    if (queue.deliver !== null) queue.deliver(signal);
    else if (queue.pending.filter((kept) => kept.name === name).length < 2) queue.pending.push(signal);
  });
}

const launcher = await import('../dist/launcher.js').catch((error) => error);
if (launcher instanceof Error) {
  const missing = launcher.code === 'ERR_MODULE_NOT_FOUND';
  const why = missing ? 'dist/ is not built; run npm run build' : launcher.message;
  process.stderr.write(`vllm-launch: cannot start: ${why}\n`);
  process.exitCode = 70;
} else await launcher.main(queue);
