/** Starts the pool before the first test file, in jest's first process, whose workers inherit the variable. */
export default async function startPool() {
  const { startCloudPool } = await import('./cloud-pool.ts');
  const pool = await startCloudPool();
  process.env.CLOUD_POOL = pool.url;
  globalThis.cloudPool = pool;
}
