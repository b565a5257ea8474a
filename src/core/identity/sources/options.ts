// What the user said in so many words: --nnodes, --node-rank, --leader, --group. `local` says it for its own launchers.
import { problem } from '#core/errors.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';

import { parseHostPort } from '../address.ts';
