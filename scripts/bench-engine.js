// An engine for the bench: titled like vLLM's worker inside, ready at once, and it writes down when SIGTERM reaches it.
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

if (process.argv[2] === 'worker') {
  process.title = 'VLLM::Worker_TP0';
  setInterval(() => undefined, 1_000);
  process.once('disconnect', () => process.exit());
} else {
  const { BENCH_OUT = '.', BENCH_NAME = 'engine' } = process.env;
  // The title may be as long as the words that stood there.
  const worker = fork(process.argv[1], ['worker', 'x'.repeat(64)], { stdio: 'inherit' });
  worker.once('spawn', () => writeFileSync(`${BENCH_OUT}/${BENCH_NAME}.pids`, `${process.pid} ${worker.pid}`));
  if (!process.argv.includes('--headless')) createServer((_, answer) => answer.end()).listen(8000);
  else setInterval(() => undefined, 1_000);
  process.once('SIGTERM', () => {
    // CLOCK_MONOTONIC: the same for every process of this machine.
    writeFileSync(`${BENCH_OUT}/${BENCH_NAME}.term`, String(process.hrtime.bigint()));
    process.exit(0);
  });
}
