// As much of curl as the documents use, for machines that have none: `node curl.js -s -X POST <url> -H <header> -d <body>`.
// What it does not know it refuses.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    silent: { type: 'boolean', short: 's' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    'data-binary': { type: 'string' },
  },
  allowPositionals: true,
});
const [url = ''] = positionals;
const given = values['data-binary'];
const body = values.data ?? (given?.startsWith('@') ? await readFile(given.slice(1)) : given);
const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' });
for (const header of values.header) {
  const [name = '', ...rest] = header.split(':');
  headers.set(name, rest.join(':').trim());
}
const response = await fetch(url, { method: values.request ?? (body === undefined ? 'GET' : 'POST'), headers, body });
process.stdout.write(Buffer.from(await response.arrayBuffer()));
