// Why a connection did not come about or did not last, in few words that are the same everywhere.

/** Returns the reason behind an error of `node:net` or `node:dns`; of several attempts the least certain one. */
export function connectReason(error: unknown): string {
  const codes = codesOf(error);
  // An address family that this node has not says nothing about the other side.
  const telling = codes.filter((code) => !localCodes.has(code));
  const reasons = (telling.length > 0 ? telling : codes).map(reasonOf);
  return certainty.map((start) => reasons.find((reason) => reason.startsWith(start))).find(Boolean) ?? 'failed';
}

const localCodes = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

// "refused" is taken as a death, so it stands only where every attempt was refused.
const certainty = ['timeout', 'unreachable', 'reset', 'name ', 'not a launcher', 'failed', 'refused'];

function codesOf(error: unknown): readonly string[] {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(codesOf);
  if (typeof error !== 'object' || error === null) return [String(error)];
  if ('code' in error && typeof error.code === 'string') return [error.code];
  if ('cause' in error) return codesOf(error.cause);
  return ['message' in error ? String(error.message) : 'unknown'];
}

function reasonOf(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ETIMEDOUT':
    case 'ABORT_ERR':
      return 'timeout';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EACCES':
    case 'EPERM':
    case 'EINVAL':
      return `unreachable (${code})`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return 'reset';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return `name not resolved (${code})`;
    default:
      return code.startsWith('HPE_') ? 'not a launcher (no HTTP)' : `failed (${code.slice(0, 80)})`;
  }
}
