// Host systems that inform `plan` and decide only with --trust-source: their variables are known from their sources alone, or
// mean one thing in one version and another in the next. Here because the registry of options and the table of sources both need it.
export const askedSources = ['pytorchjob', 'volcano', 'kuberay', 'aibrix', 'kserve', 'skypilot', 'pals'] as const;
