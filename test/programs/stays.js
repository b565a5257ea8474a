// Loaded into a launcher by NODE_OPTIONS: keeps its process alive for good, as a resolver that does not answer does for long.
if (process.argv[1]?.endsWith('vllm-launch.js')) setInterval(() => undefined, 1_000);
