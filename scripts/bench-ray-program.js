// Stands in front of the real `ray` for the bench: writes down when SIGTERM reaches it, hands it on, and ends as Ray does.
// BENCH_RAY is the real program.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const { BENCH_OUT = '.', BENCH_NAME = 'engine', BENCH_RAY = 'ray' } = process.env;
const ray = spawn(BENCH_RAY, process.argv.slice(2), { stdio: 'inherit' });
ray.once('exit', (code) => process.exit(code ?? 1));
process.once('SIGTERM', () => {
  writeFileSync(`${BENCH_OUT}/${BENCH_NAME}.term`, String(process.hrtime.bigint()));
  ray.kill('SIGTERM');
});
