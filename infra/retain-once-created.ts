import { Aspects, CfnDeletionPolicy, CfnResource, type IAspect } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/**
 * Keeps retained resources only once the operation that creates them has succeeded: a creation that is rolled back removes them.
 *
 * Otherwise, a leftover resource with a name blocks the next deployment, and a leftover Lambda version the next release of the same code
 * ("A version for this Lambda function exists"): docs/decisions/0019-nothing-stays-of-a-failed-deployment.md
 */
export function retainOnceCreated(scope: Construct): void {
  Aspects.of(scope).add(new RetainOnceCreated());
}

class RetainOnceCreated implements IAspect {
  visit(node: IConstruct): void {
    if (node instanceof CfnResource && node.cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN) {
      node.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    }
  }
}
