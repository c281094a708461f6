/** After the last test file: all clouds end, with their processes and folders. */
export default () => globalThis.cloudPool.stop();
