import { StartError } from '../start-error.ts';

/** The values to which intrinsic functions of a template refer. Each method throws a `StartError` for an unknown name. */
export type References = {
  /** The result of `Ref` for a resource, parameter or pseudo parameter. */
  ref(name: string): unknown;
  /** The result of `Fn::GetAtt`. */
  attribute(resource: string, attribute: string): unknown;
  /** The value that another stack exports under this name. */
  imported(exportName: string): unknown;
};

const known = ['Ref', 'Fn::GetAtt', 'Fn::Join', 'Fn::Sub', 'Fn::Select', 'Fn::Split', 'Fn::ImportValue', 'Fn::Base64'];

/**
 * Resolves the intrinsic functions in a value of a CloudFormation template.
 *
 * @throws StartError that names an unsupported function or a dangling reference
 */
export function resolve(value: unknown, references: References): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, references)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return resolveFunction(first[0], first[1], references);
  }
  const resolved = entries
    .map(([key, item]) => [key, resolve(item, references)])
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(resolved);
}

function resolveFunction(name: string, argument: unknown, references: References): unknown {
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? undefined : references.ref(text(argument));
    case 'Fn::GetAtt': {
      const [resource = '', ...attribute] = Array.isArray(argument) ? argument.map(text) : text(argument).split('.');
      return references.attribute(resource, attribute.join('.'));
    }
    case 'Fn::Join': {
      const [separator, parts] = pair(name, argument);
      return list(name, resolve(parts, references)).map(text).join(text(separator));
    }
    case 'Fn::Select': {
      const [index, items] = pair(name, argument);
      return list(name, resolve(items, references))[Number(resolve(index, references))];
    }
    case 'Fn::Split': {
      const [separator, whole] = pair(name, argument);
      return text(resolve(whole, references)).split(text(separator));
    }
    case 'Fn::Sub':
      return substitute(argument, references);
    case 'Fn::ImportValue':
      return references.imported(text(resolve(argument, references)));
    case 'Fn::Base64':
      return Buffer.from(text(resolve(argument, references))).toString('base64');
    default:
      throw new StartError(
        `The local cloud does not support the intrinsic function ${name}. Supported: ${known.join(', ')}.`,
      );
  }
}

function substitute(argument: unknown, references: References): string {
  const [template, ownVariables] = Array.isArray(argument) ? argument : [argument, {}];
  const variables = resolve(ownVariables ?? {}, references);
  const values = new Map(Object.entries(typeof variables === 'object' && variables !== null ? variables : {}));
  return text(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) {
      return `\${${name}}`;
    }
    const [resource = '', ...attribute] = name.split('.');
    const value = values.has(name)
      ? values.get(name)
      : attribute.length > 0
        ? references.attribute(resource, attribute.join('.'))
        : references.ref(name);
    return text(value);
  });
}

function pair(name: string, argument: unknown): [unknown, unknown] {
  if (!Array.isArray(argument) || argument.length !== 2) {
    throw new StartError(`${name} takes two arguments, not ${JSON.stringify(argument)}.`);
  }
  return [argument[0], argument[1]];
}

function list(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw new StartError(`${name} takes a list, not ${JSON.stringify(value)}.`);
  }
  return value;
}

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw new StartError(`Expected a string in the template, not ${JSON.stringify(value)}.`);
}
