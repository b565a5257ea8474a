import { describe, expect, test } from 'vitest';

import { parseHostfile, parseHosts } from '#core/identity/host-list.ts';

describe('a host file', () => {
  test('has a host a line; comments, blank lines and slots are let through', () => {
    const text = '# the leader\nn1\n\n  n2 slots=8  # second\r\nn3 slots=4 max_slots=8\n\tn4 max-slots=1\n10.0.0.5';
    expect(parseHostfile(text, 'hosts.txt')).toEqual({ hosts: ['n1', 'n2', 'n3', 'n4', '10.0.0.5'], problems: [] });
  });

  test.each([
    ['n1\nn2\nn1', 'hosts.txt:3: "n1" is on line 1 already'],
    ['n1\n#\nN1.example', 'hosts.txt:3: "N1.example" is on line 1 already'],
    ['n1\nn/2', 'hosts.txt:2: "n/2" is no host name or address'],
    ['n1:4', 'hosts.txt:1: "n1:4" is no host name or address'],
    ['n1 n2', 'hosts.txt:1: "n2" after the host is not slots=N'],
    ['n1 slots=x', 'hosts.txt:1: "slots=x" after the host is not slots=N'],
    ['n1 xslots=1', 'hosts.txt:1: "xslots=1" after the host is not slots=N'],
    ['n1 slots=1x', 'hosts.txt:1: "slots=1x" after the host is not slots=N'],
    ['# nobody\n', 'hosts.txt: it names no host'],
  ])('%j is malformed', (text, why) => {
    const hint = 'write one host a line, the leader first';
    expect(parseHostfile(text, 'hosts.txt')).toEqual({
      hosts: [],
      problems: [{ name: 'input', message: `cannot use ${why}`, hint }],
    });
  });
});

describe('--hosts', () => {
  test('names hosts in order', () => {
    expect(parseHosts(['n1', ' n2 ', '::1'])).toEqual({ hosts: ['n1', 'n2', '::1'], problems: [] });
  });

  test.each([
    [['n1', ''], 'cannot use --hosts: "" is no host name or address'],
    [['n1', 'n2:1'], 'cannot use --hosts: "n2:1" is no host name or address'],
    [[], 'cannot use --hosts: it names no host'],
  ])('%j is refused', (words, message) => {
    expect(parseHosts(words)).toEqual({
      hosts: [],
      problems: [{ name: 'usage', message, hint: 'write --hosts LEADER,SECOND,...' }],
    });
  });
});
