import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { templateSchema } from '../../infra/synthesised-stacks.ts';
import { synthesiseStage } from '../synthesise-stage.ts';
import { architecturePicture } from './architecture-picture.ts';
import { definitionSchema, machinePicture } from './machine-picture.ts';
import { withPicture } from './picture.ts';

// npm run draw: draws the synthesised stacks and the state machine into the documents.

const definitionString = z.object({
  DefinitionString: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
});

const { console, identity, service, data, sandbox } = await synthesiseStage('dev');
const stacks = {
  Console: templateSchema.parse(console),
  Identity: templateSchema.parse(identity),
  Service: templateSchema.parse(service),
  Data: templateSchema.parse(data),
  Sandbox: templateSchema.parse(sandbox),
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
