// How Ray's processes show themselves (Ray 2.48 and 2.60): its two binaries by their path in the wheel, the raylet's agents
// and the actors of vLLM's Ray executor (vllm/v1/executor/ray_executor_v2.py) by the title that Ray gives them.
const binary = /\/ray\/core\/src\/ray\/(?:raylet\/raylet|gcs\/gcs_server)$/;
const titled = /^ray::(?:DashboardAgent|RuntimeEnvAgent|RayWorkerProc(?:\.\w+)?|RayWorkerWrapper(?:\.\w+)?)$/;

/** Tells whether a title is that of a Ray process without which a node or its engine cannot go on. */
export const isRayTitle = (title: string): boolean => binary.test(title.trimEnd()) || titled.test(title.trimEnd());

/** Tells whether a title or a command is that of any Ray process: one of these, or `ray start` itself. */
export const isRay = (title: string): boolean => isRayTitle(title) || / start --(?:head|address=)/.test(title);
