/** The value of an environment variable that the deployment must set. @throws Error when it is not set. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The environment variable ${name} is not set. The deployment (infra/) should set it.`);
  }
  return value;
}

/** Whether this is the local cloud. There, webhook receivers may be on this machine and use plain HTTP. */
export const isLocalStage = () => process.env.STAGE === 'local';
