/** A service that functions call over HTTP. */
export type ProxiedService = 'dynamodb' | 'stepFunctions' | 'secretsManager' | 'cognito' | 'operators';
