// Writes 5000 lines of the log without a pause, and ends.
import { openPlainLogger } from '#edge/output/plain-logger.ts';

const logger = openPlainLogger('info');
for (let line = 0; line < 5_000; line += 1) logger.say('info', `line ${line} ${'x'.repeat(100)}`);
