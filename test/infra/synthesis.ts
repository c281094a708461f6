import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import type { PipelineStackProps } from '../../infra/pipeline-stack.ts';
import { listenLocally } from '../../local/listen.ts';

// Templates for test files, made in a process of its own. Tests run in contexts of their own, where loading the CDK takes many
// times as long, and would be done again for each file; here each stage is synthesised once for all of them.

/** What a test file wants: the stacks of a stage, or the pipeline. `validate`: with the checks of CloudFormation and cdk-nag. */
export type Wanted =
  | { of: 'stage'; context: Readonly<Record<string, string>>; validate: boolean }
  | { of: 'pipeline'; props: Pick<PipelineStackProps, 'repository' | 'branch' | 'connectionArn' | 'context' | 'env'> };

/** A template, as far as tests look at it: they ask only for properties of resources that the CDK gives some. */
export type Template = { Resources: { [id: string]: Resource }; Outputs?: { [id: string]: Json } };
export type Resource = {
  Type: string;
  Properties: { [key: string]: Json };
  DeletionPolicy?: string;
  DependsOn?: string[];
};
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The templates of what was wanted by their part (`data`, `service`), and which of these stacks may not be deleted. */
export type Templates = { templates: { [part: string]: Template }; terminationProtected: readonly string[] };

const folder = mkdtempSync(path.join(tmpdir(), 'synthesis-'));
const made = new Map<string, Promise<Templates>>();
let last: Promise<unknown> = Promise.resolve();

/** Each once, and one after the other: the code with which a check would end the process is the whole process's. */
function templatesFor(wanted: Wanted): Promise<Templates> {
  const kind = JSON.stringify(wanted);
  const known = made.get(kind);
  if (known) {
    return known;
  }
  const templates = last.then(async () => {
    const { templatesFor: synthesise } = await import('./templates.ts');
    return synthesise(wanted, mkdtempSync(path.join(folder, 'app-')));
  });
  last = templates.catch(() => undefined);
  made.set(kind, templates);
  return templates;
}

const server = createServer((request, response) => {
  // While this process synthesises it answers nothing, and a connection that is kept open ends just when the next request uses it.
  response.setHeader('connection', 'close');
  json(request)
    // Whoever asks is a test of this project: synthesised.ts.
    .then((wanted) => templatesFor(wanted as Wanted))
    .then(
      (templates) => response.end(JSON.stringify(templates)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
    );
});

// Ctrl-C reaches the whole group of processes: the parent ends, and with it the channel.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});

const { url } = await listenLocally(server);
process.send?.(url);
