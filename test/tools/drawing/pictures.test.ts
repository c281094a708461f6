import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Stacks, templateSchema } from '../../../infra/synthesised-stacks.ts';
import { architecturePicture } from '../../../tools/drawing/architecture-picture.ts';
import { definitionSchema, machinePicture } from '../../../tools/drawing/machine-picture.ts';
import { withPicture } from '../../../tools/drawing/picture.ts';
import { definitionOf, synthesised, type Template } from '../../infra/synthesised.ts';

const documentAt = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

async function stacksOn(context: Readonly<Record<string, string>> = {}): Promise<Stacks> {
  const { console, identity, service, data, sandbox } = await synthesised(context);
  const stacks: [string, Template | undefined][] = Object.entries({
    Console: console,
    Identity: identity,
    Service: service,
    Data: data,
    Sandbox: sandbox,
  });
  return Object.fromEntries(
    stacks.flatMap(([part, template]) => (template ? [[part, templateSchema.parse(template)]] : [])),
  );
}

describe('the picture of the state machine', () => {
  test.each(['README.md', 'docs/architecture.md'])('is fresh in %s (else: npm run draw)', async (file) => {
    const definition = definitionSchema.parse(definitionOf((await synthesised()).service));
    const document = documentAt(file);

    expect(withPicture(document, 'state machine', machinePicture(definition))).toBe(document);
  });

  test('needs a place in the document', () => {
    expect(() => withPicture('# Nothing', 'state machine', '')).toThrow('no place for the picture');
  });

  test('does not change its surroundings, including other pictures', () => {
    const document = documentAt('docs/architecture.md');
    const changed = withPicture(withPicture(document, 'architecture', 'A'), 'state machine', 'B');

    expect(changed.match(/```mermaid\n[AB]\n```/g)).toHaveLength(2);
    expect(changed.split('\n## ')).toHaveLength(document.split('\n## ').length);
  });
});

describe('the picture of the architecture', () => {
  test('is fresh in docs/architecture.md (else: npm run draw)', async () => {
    const document = documentAt('docs/architecture.md');

    expect(withPicture(document, 'architecture', architecturePicture(await stacksOn()))).toBe(document);
  });

  test('follows the template: without a permission, its connection is not drawn', async () => {
    const stacks = await stacksOn();
    const isWay = /Service_Changes -->\|"reads, writes"\| Data_Table/;
    expect(architecturePicture(stacks)).toMatch(isWay);

    const service = stacks.Service ?? { Resources: {}, Outputs: {} };
    const Resources = Object.fromEntries(
      Object.entries(service.Resources).map(([id, resource]) => [
        id,
        id.startsWith('StreamsPublishEventsRole')
          ? { ...resource, Properties: { ...resource.Properties, Policies: [] } }
          : resource,
      ]),
    );
    expect(architecturePicture({ ...stacks, Service: { ...service, Resources } })).not.toMatch(isWay);
  });

  test('shows what a stage has', async () => {
    const production = architecturePicture(await stacksOn({ stage: 'production' }));

    expect(production).not.toContain('Sandbox');
    expect(production).toContain('Service_Tasks -->|"reads"| Data_OperatorsSecret');
    expect(production).toContain('every 15 minutes: PollOrders');
    // By aliases there, which stand for what they lead to.
    expect(production).toContain('Service_Routes -->|"answers, starts"| Service_Fulfilment');
    expect(production).not.toContain('starts"| Service_Alarms');
  });

  test('has a node for every function, or an error names the missing one', async () => {
    const { Service: service = { Resources: {}, Outputs: {} }, ...others } = await stacksOn();
    const Resources = Object.fromEntries(
      Object.entries(service.Resources).filter(([, { Type }]) => Type !== 'AWS::Lambda::EventSourceMapping'),
    );

    expect(() => architecturePicture({ ...others, Service: { ...service, Resources } })).toThrow('PublishEvents');
  });
});
