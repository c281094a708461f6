/** Whether the deployment has its own user pool. With an external token issuer it has none. Loads no AWS client. */
export const hasUserPool = () => Boolean(process.env.USER_POOL_ID);
