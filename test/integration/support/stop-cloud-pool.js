/** Stops all clouds after the last test file, and removes their processes and folders. */
export default () => globalThis.cloudPool.stop();
