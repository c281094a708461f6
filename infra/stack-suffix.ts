import { Aws, Fn } from 'aws-cdk-lib';

/**
 * Eight hexadecimal digits that differ for each creation of a stack, and stay the same while it exists. A retained resource that
 * needs a name takes it with this suffix, so that a stack which is created again does not meet the resource of the one before.
 */
export function stackSuffix(): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return Fn.select(0, Fn.split('-', stackUuid));
}
