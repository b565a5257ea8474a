// Loaded into a launcher by NODE_OPTIONS: throws where nobody catches it, as often as the file BREAKS says once it is there.
import { existsSync, readFileSync } from 'node:fs';

const when = process.env.BREAKS ?? '';
const look = setInterval(() => {
  if (!existsSync(when)) return;
  clearInterval(look);
  const times = Number(readFileSync(when, 'utf8'));
  for (let time = 1; time <= times; time += 1)
    setTimeout(() => {
      throw new Error(`broken ${time}`);
    }, time);
}, 20);
look.unref();
if (!process.argv[1]?.endsWith('vllm-launch.js')) clearInterval(look);
