// Takes the title in its first argument, starts itself once more for the next ones, says its pid and stays.
import { spawn } from 'node:child_process';

const [title, ...rest] = process.argv.slice(2);
process.title = title;
if (rest.length > 0) spawn(process.execPath, [process.argv[1], ...rest], { stdio: ['ignore', 'inherit', 'inherit'] });
console.log(`${process.pid} ${title}`);
setInterval(() => undefined, 1_000);
