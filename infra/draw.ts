import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import cdk from '../cdk.json' with { type: 'json' };
import { definitionSchema, withPicture } from './machine-picture.ts';

// npm run draw: draws the state machine, as it was just synthesised, into the documents that show it.

const documents = ['README.md', 'docs/architecture.md'];
const template = `${cdk.output}/SimFulfilment-${cdk.context.stage}-Service.template.json`;

const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});
const definitionString = z.object({
  DefinitionString: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
});

const { Resources } = templateSchema.parse(JSON.parse(await readFile(template, 'utf8')));
const machine = Object.values(Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
const [, parts] = definitionString.parse(machine?.Properties).DefinitionString['Fn::Join'];
const definition = definitionSchema.parse(
  JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('')),
);
for (const file of documents) {
  await writeFile(file, withPicture(await readFile(file, 'utf8'), definition));
}
