import * as z from 'zod';

/** The parts of a synthesised template that the pictures use. */
export const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.looseObject({}).optional() })),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});

/** The templates of a stage, by part: `Data`, `Service`. */
export type Stacks = Readonly<Record<string, z.infer<typeof templateSchema>>>;

/** A resource of one of the stacks. */
export type StackResource = { stack: string; id: string; type: string; properties: Readonly<Record<string, unknown>> };

/** The resources of all stacks, and the references between them. */
export type SynthesisedStacks = {
  ofType(type: string): StackResource[];
  /** The resources that a value in this stack's template references, in any stack, each once. Aliases are resolved. */
  referencedIn(stack: string, value: unknown): StackResource[];
};

const deploymentPreferenceSchema = z.object({ StateMachineVersionArn: z.unknown() });

/** For resource types that are aliases or versions of another resource: the property that references it. */
const aliasTargets: Readonly<Record<string, (properties: StackResource['properties']) => unknown>> = {
  'AWS::Lambda::Alias': ({ FunctionName }) => FunctionName,
  'AWS::StepFunctions::StateMachineAlias': ({ DeploymentPreference }) =>
    deploymentPreferenceSchema.parse(DeploymentPreference).StateMachineVersionArn,
  'AWS::StepFunctions::StateMachineVersion': ({ StateMachineArn }) => StateMachineArn,
};

export function readStacks(stacks: Stacks): SynthesisedStacks {
  const resources = Object.entries(stacks).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(
      ([id, { Type: type, Properties: properties = {} }]): StackResource => ({ stack, id, type, properties }),
    ),
  );
  const found = new Map(resources.map((resource) => [`${resource.stack}/${resource.id}`, resource]));
  const exported = new Map(
    Object.entries(stacks).flatMap(([stack, { Outputs }]) =>
      Object.values(Outputs).flatMap(({ Value, Export }) =>
        Export ? [[Export.Name, { stack, value: Value }] as const] : [],
      ),
    ),
  );

  function referencedIn(stack: string, value: unknown): StackResource[] {
    if (typeof value !== 'object' || value === null) {
      return [];
    }
    const named = Object.entries(value).flatMap(([key, inside]) => {
      if (key === 'Ref' || key === 'Fn::GetAtt') {
        const resource = found.get(`${stack}/${String([inside].flat()[0])}`);
        if (!resource) {
          return [];
        }
        const standsFor = aliasTargets[resource.type];
        return standsFor ? referencedIn(stack, standsFor(resource.properties)) : [resource];
      }
      if (key === 'Fn::ImportValue') {
        const output = exported.get(String(inside));
        return output ? referencedIn(output.stack, output.value) : [];
      }
      return referencedIn(stack, inside);
    });
    return [...new Set(named)];
  }

  return { ofType: (type) => resources.filter((resource) => resource.type === type), referencedIn };
}
