import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { templateSchema } from '../../infra/synthesised-stacks.ts';
import { architecturePicture } from './architecture-picture.ts';
import { definitionSchema, machinePicture } from './machine-picture.ts';
import { withPicture } from './picture.ts';

// npm run draw: draws the synthesised stacks and the state machine into the documents.

const definitionString = z.object({
  DefinitionString: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
});

const stackOf = async (part: string) =>
  templateSchema.parse(
    JSON.parse(await readFile(`${cdk.output}/SimFulfilment-${cdk.context.stage}-${part}.template.json`, 'utf8')),
  );
const stacks = {
  Identity: await stackOf('Identity'),
  Service: await stackOf('Service'),
  Data: await stackOf('Data'),
  Sandbox: await stackOf('Sandbox'),
};

const machine = Object.values(stacks.Service.Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
const [, parts] = definitionString.parse(machine?.Properties).DefinitionString['Fn::Join'];
const definition = definitionSchema.parse(
  JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('')),
);

for (const [file, of, picture] of [
  ['README.md', 'state machine', machinePicture(definition)],
  ['docs/architecture.md', 'state machine', machinePicture(definition)],
  ['docs/architecture.md', 'architecture', architecturePicture(stacks)],
] as const) {
  await writeFile(file, withPicture(await readFile(file, 'utf8'), of, picture));
}
