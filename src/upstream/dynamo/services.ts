// What a Dynamo worker connects to when it starts (ai-dynamo 1.6.1 runtime_args.py; docs, runtime configuration: ETCD_ENDPOINTS
// defaults to http://localhost:2379, NATS_SERVER to nats://localhost:4222).
export type Place = { readonly host: string; readonly port: number };

export type ServiceName = 'etcd' | 'nats';

type Spec = { readonly variable: string; readonly initial: string; readonly port: number };

export const serviceSpecs: Readonly<Record<ServiceName, Spec>> = {
  etcd: { variable: 'ETCD_ENDPOINTS', initial: 'http://localhost:2379', port: 2_379 },
  nats: { variable: 'NATS_SERVER', initial: 'nats://localhost:4222', port: 4_222 },
};

export type Planes = {
  /** `--discovery-backend` or DYN_DISCOVERY_BACKEND; older runtimes say kv_store and name the store apart. */
  readonly discovery: string | null;
  /** DYN_STORE_KV of those older runtimes. */
  readonly store: string | null;
  readonly request: string | null;
  readonly event: string | null;
};

/** Returns which services a worker needs before it can say that it is there; NATS only where a plane was put on it. */
export function neededServices({ discovery, store, request, event }: Planes): ServiceName[] {
  const backend = discovery === null || discovery === 'kv_store' ? (store ?? 'etcd') : discovery;
  return [
    ...(backend === 'etcd' ? (['etcd'] as const) : []),
    ...(request === 'nats' || event === 'nats' ? (['nats'] as const) : []),
  ];
}

// Scheme and user:password are not looked at, and never shown.
const form = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^\s:/[\]@?#,]+)(?::(\d{1,5}))?(?:[/?#].*)?$/i;

/** Returns where a service is by the text of its variable, a list with commas; entries that name no host are left out. */
export function readPlaces(text: string, defaultPort: number): Place[] {
  return text.split(',').flatMap((entry) => {
    const [, host, port] = form.exec(entry.trim()) ?? [];
    const number = port === undefined ? defaultPort : Number(port);
    if (host === undefined || number < 1 || number > 65_535) return [];
    return [{ host: host.replace(/^\[(.*)\]$/, '$1'), port: number }];
  });
}
