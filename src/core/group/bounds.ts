// How much of anything a frame may carry. A reader refuses more, a writer cuts to it.
export const bounds = {
  frameBytes: 64 * 1024,
  /** Members of a group. */
  size: 4_096,
  /** Names of groups, hosts, processes; keys and incarnations. */
  name: 256,
  /** Phases and signals. */
  word: 64,
  reason: 512,
  message: 2_048,
  lines: 20,
  line: 512,
  fields: 64,
  /** Name of a field. 64 of them fit a frame even where each character is escaped. */
  field: 100,
  /** The shown value of a field. */
  value: 2_048,
} as const;
