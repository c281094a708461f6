import { Aws, Fn } from 'aws-cdk-lib';

/**
 * Eight hexadecimal digits that differ for each creation of a stack, and stay the same while it exists. A retained resource that
 * needs a name gets this suffix, so that a recreated stack does not conflict with the resource of the previous one.
 */
export function stackSuffix(): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return Fn.select(0, Fn.split('-', stackUuid));
}
