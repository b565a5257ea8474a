// `ray start` inside the shell strings that operators and charts write (dynamo.md 2.2, 2.4).
const program = String.raw`(?:[\w./+-]*\/)?ray\s+start(?![\w-])`;
const first = new RegExp(`^\\s*(?:exec\\s+)?${program}`);
const anywhere = new RegExp(`(?:^|[\\s;&|({\`])${program}`);

/** Returns where a shell string starts Ray: at its beginning, later, or not at all. A comment counts too: we read no scripts. */
export function startsRay(script: string): 'first' | 'later' | null {
  if (first.test(script)) return 'first';
  return anywhere.test(script) ? 'later' : null;
}
