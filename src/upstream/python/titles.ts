/**
 * Tells whether a command line is Python's resource tracker (CPython Lib/multiprocessing/resource_tracker.py): it ignores SIGTERM, and
 * unlinks what its users left in /dev/shm as soon as the last of them is gone.
 */
export const isResourceTracker = (title: string): boolean => title.includes('multiprocessing.resource_tracker');
