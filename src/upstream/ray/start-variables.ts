// The variables of Ray that a launcher decides about, and what Ray makes of them.

/**
 * Variables of every Ray process and of the engine (ray.md 2.3, 2.6): no statistics, and no 30 s of draining at SIGTERM. The last two
 * (Ray 2.60 ray_config_def.h): a dead rank's group and an ending rank's children are killed by nobody but us. Ray would kill Python's
 * resource tracker with them, and the rank's shared memory would stay.
 */
export const rayVariables = {
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S: '0',
  RAY_process_group_cleanup_enabled: '0',
  RAY_kill_child_processes_on_worker_exit: '0',
} as const;

/** The variables that move the two ports of a head that no option moves (Ray 2.60 autoscaler, dashboard/consts.py). */
export const metricsVariables = { autoscaler: 'AUTOSCALER_METRIC_PORT', dashboard: 'DASHBOARD_METRIC_PORT' } as const;

/** Where `ray.init()` goes; without it the engine starts a Ray of its own (ray.md 2.4). */
export const addressVariable = 'RAY_ADDRESS';
/** Where Ray keeps its files; `--temp-dir` beats it. */
export const folderVariable = 'RAY_TMPDIR';

/** `token` or `disabled`. Where it is not set, `ray start` turns tokens on if it finds one (ray.md 10). */
export const authVariable = 'RAY_AUTH_MODE';
/** The token itself, or the file that holds it; the first beats the second, which beats ~/.ray/auth_token. */
export const tokenVariable = 'RAY_AUTH_TOKEN';
export const tokenFileVariable = 'RAY_AUTH_TOKEN_PATH';
export const tokenFileAtHome = '.ray/auth_token';
/** Tells whether a text can be a token: it goes with every question in a header (gRPC over HTTP2, "ASCII-Value"; 8 KiB for all headers). */
export const isToken = (text: string): boolean => /^[!-~]{1,4096}$/.test(text);
/** The first Ray that knows tokens (docs.ray.io, Ray token authentication). */
export const tokensSince = '2.52.0';

/** Returns how many GPUs Ray lets a node have by CUDA_VISIBLE_DEVICES, null for any number (Ray 2.60 nvidia_gpu.py). */
export function visibleToRay(devices: string | undefined): number | null {
  if (devices === undefined) return null;
  return devices === '' || devices === 'NoDevFiles' ? 0 : devices.split(',').length;
}
