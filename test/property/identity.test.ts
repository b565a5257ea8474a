import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseHostPort, sameHost } from '#core/identity/address.ts';
import { parseHostfile } from '#core/identity/host-list.ts';
import { parseRankFrom } from '#core/identity/sources/rank-from.ts';
import { parseDuration, renderDuration } from '#core/options.ts';

import { dynamo, grove, lws, who } from '../unit/core/identity/who.ts';

const name = fc.stringMatching(/^[a-z]([a-z\d-]{0,6}[a-z\d])?$/);

describe('parsers of what people write', () => {
  test('a host file gives its hosts back, or a problem with its name and line', () => {
    const piece = fc.constantFrom(
      'n1',
      'n2',
      ' ',
      '\n',
      '\r\n',
      '#',
      'slots=4',
      '\t',
      'max_slots=x',
      '/',
      '10.0.0.1',
      '::1',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const { hosts, problems } = parseHostfile(text, 'f');
          expect(hosts.length > 0).toBe(problems.length === 0);
          expect(problems.length).toBeLessThan(2);
          for (const { message } of problems) expect(message).toMatch(/^cannot use f(:\d+)?: /);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a host file of different hosts is read in order', () => {
    const hosts = fc.uniqueArray(name, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(hosts, fc.constantFrom('\n', '\r\n', ' slots=8\n', ' # x\n\n'), (list, ending) => {
        expect(parseHostfile(list.map((host) => host + ending).join(''), 'f')).toEqual({ hosts: list, problems: [] });
      }),
    );
  });

  test('--rank-from is a kind and a key, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.constantFrom('label', 'annotation', 'env', 'x', ''), fc.string()).map((parts) => parts.join(':')),
        ),
        (text) => {
          const place = parseRankFrom(text);
          if (place !== null) expect(`${place.kind}:${place.key}`).toBe(text);
        },
      ),
    );
  });

  test('an address comes back from its parts', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        (host, port) => {
          const shown = host.includes(':') ? `[${host}]` : host;
          expect(parseHostPort(port === null ? shown : `${shown}:${port}`)).toEqual({ host, port });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('no text is a host that has a blank, a slash or an empty name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseHostPort(text);
        if (parsed !== null) expect(parsed.host).toMatch(/^[^\s/@]+$/);
      }),
    );
  });

  test('to be the same host goes both ways', () => {
    const host = fc
      .array(fc.constantFrom('a', 'b', 'A', '1'), { minLength: 1, maxLength: 4 })
      .map((labels) => labels.join('.'))
      // An address has no domain: 1.1.1.1.x is another host.
      .filter((name) => name !== '1.1.1.1');
    fc.assert(
      fc.property(
        host,
        host,
        (a, b) => sameHost(a, b) === sameHost(b, a) && sameHost(a, a.toUpperCase()) && sameHost(a, `${a}.x`),
      ),
    );
  });

  test('a duration comes back from its text, and no other text is one', () => {
    fc.assert(fc.property(fc.nat({ max: 1_000_000_000 }), (ms) => parseDuration(renderDuration(ms)) === ms));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,10}[mshd]{0,3}$/)), (text) => {
        expect(parseDuration(text) !== null).toBe(/^\d{1,9}(ms|s|m|h)$/.test(text));
      }),
    );
  });
});

describe('whatever the host systems say', () => {
  const number = fc.integer({ min: -1, max: 4 });
  const leader = fc.constantFrom('n1', 'n1.svc', 'a-0.svc', 'a-0.svc.cluster.local', 'localhost', '10.0.0.1');
  const value = fc.option(fc.oneof(number.map(String), fc.constantFrom('', 'x')));
  const env = fc
    .record({
      lws: fc.option(fc.tuple(number, number, leader)),
      dynamo: fc.option(fc.tuple(number, leader)),
      grove: fc.option(fc.tuple(fc.constantFrom('s-ldr', 's-wkr', 's'), number, number)),
      loose: fc.dictionary(
        fc.constantFrom(
          'LWS_GROUP_SIZE',
          'DYNAMO_RANK',
          'GROVE_PCLQ_POD_INDEX',
          'GROVE_PCSG_NAME',
          'LWS_LEADER_ADDRESS',
        ),
        value,
      ),
    })
    .map((told) => ({
      ...(told.lws === null ? {} : lws(...told.lws)),
      ...(told.dynamo === null ? {} : dynamo(...told.dynamo)),
      ...(told.grove === null ? {} : grove(...told.grove)),
      ...(Object.fromEntries(Object.entries(told.loose).filter(([, given]) => given !== null)) as Record<
        string,
        string
      >),
    }));
  const options = fc.record({ nnodes: fc.option(number), 'node-rank': fc.option(number), leader: fc.option(leader) });

  test('there is a place that holds, or a reason; never both, and never a guess', () => {
    fc.assert(
      fc.property(env, options, (said, typed) => {
        const { identity, problems } = who({ env: said, options: typed });
        expect(identity.role === null).toBe(problems.length > 0);
        if (identity.role === null) return;
        const { rank, size } = identity;
        if (rank === null || size === null) throw new Error('a role has a rank and a size');
        expect(rank >= 0 && rank < size).toBe(true);
        expect(identity.role).toBe(size === 1 ? 'single' : rank === 0 ? 'leader' : 'worker');
        expect(identity.leader !== null).toBe(size > 1);
        const given = [...Object.values(said), ...Object.values(typed)].map(String);
        // The rank of a worker was read somewhere: as it is, or one more than a Grove index.
        if (size > 1) expect(given.includes(String(size))).toBe(true);
        if (size > 1 && rank > 0) expect(given.includes(String(rank)) || given.includes(String(rank - 1))).toBe(true);
        if (typed['node-rank'] !== null && size > 1) expect(rank).toBe(typed['node-rank']);
        if (typed.nnodes !== null) expect(size).toBe(typed.nnodes);
      }),
      { numRuns: 3_000 },
    );
  });
});
