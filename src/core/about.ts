declare const LAUNCHER_VERSION: string | undefined;

// What this build is. The build puts the version in; from the sources there is none.
export const launcherVersion: string = typeof LAUNCHER_VERSION === 'string' ? LAUNCHER_VERSION : '0.0.0-source';
