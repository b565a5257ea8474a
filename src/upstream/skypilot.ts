// What SkyPilot gives to the run section of every node (sky/skylet/constants.py); the addresses are one a line, by rank.
export const skypilotVariables = {
  rank: 'SKYPILOT_NODE_RANK',
  size: 'SKYPILOT_NUM_NODES',
  addresses: 'SKYPILOT_NODE_IPS',
  task: 'SKYPILOT_TASK_ID',
} as const;
