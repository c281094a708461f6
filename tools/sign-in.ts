import { runCommand, UsageError } from './command.ts';
import { signIn, storeToken } from './sign-in-flow.ts';

// npm run sign-in: signs a user in with their browser and prints the access token (docs/operations.md).

const usage = `npm run sign-in -- --url <AuthorizeUrl> [options]
  --url <url>         the output AuthorizeUrl of the identity stack
  --file <path>       stores the token in this file, which only you can read, instead of printing it
The token is the last line of the output.`;

const MINUTES = 10;

await runCommand(
  { usage, options: { url: { type: 'string' }, file: { type: 'string' } } },
  async ({ values: { url, file } }) => {
    if (url === undefined) {
      throw new UsageError('--url is required. Its value is the output AuthorizeUrl of the identity stack.');
    }
    const { accessToken, expiresInSeconds } = await signIn(url, {
      // On stderr, so that the token is alone on stdout.
      open: (page) => process.stderr.write(`Open this page in your browser within ${MINUTES} minutes:\n\n${page}\n\n`),
      timeoutMs: MINUTES * 60_000,
    });
    process.stderr.write(`Signed in for ${Math.round(expiresInSeconds / 60)} minutes.\n`);
    if (file === undefined) {
      process.stdout.write(`${accessToken}\n`);
    } else {
      await storeToken(file, accessToken);
    }
  },
);
