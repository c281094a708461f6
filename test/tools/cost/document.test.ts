import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { allRoutes } from '../../../functions/api/routes.ts';
import { bill } from '../../../tools/cost/bill.ts';
import { type Deployed, deployedIn } from '../../../tools/cost/deployed.ts';
import { examplesIn, withExamples } from '../../../tools/cost/document.ts';
import { readRequest } from '../../../tools/cost/load.ts';
import { synthesised } from '../../infra/synthesised.ts';

const document = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');

let deployed: Deployed;
beforeAll(async () => {
  const { data, identity, service, console } = await synthesised({ stage: 'production' });
  const stacks = [data, service, identity, console].filter((stack) => stack !== undefined);
  deployed = deployedIn(...stacks.map(({ Resources }) => Resources));
}, 180_000);

describe('what a stage has', () => {
  test('is read from its templates', () => {
    expect(deployed).toMatchObject({
      logDays: 365,
      journalDays: 730,
      isTraced: true,
      hasRecovery: true,
      secrets: 1,
      hasUsers: true,
      hasConsole: true,
    });
    // One for every other path.
    expect(deployed.routes).toBe(allRoutes.length + 1);
    expect(deployed.schedules.find(({ name }) => name.startsWith('SchedulesCollectUsage'))).toMatchObject({
      everyMinutes: 120,
      runs: { kind: 'schedule', memoryMb: 1769, isArm: true },
    });
  });

  test('is not guessed', () => {
    const function_ = { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 512 } };
    const schedule = (rate: string, target: string) => ({
      Type: 'AWS::Scheduler::Schedule',
      Properties: { ScheduleExpression: rate, Target: { Arn: { 'Fn::GetAtt': [target, 'Arn'] } } },
    });

    expect(() => deployedIn({ f: { Type: 'AWS::Lambda::Function', Properties: {} } })).toThrow('MemorySize');
    expect(() => deployedIn({ f: function_, s: schedule('rate(1 hour)', 'g') })).toThrow('not a function');
    expect(() => deployedIn({ f: function_, s: schedule('cron(0 1 * * ? *)', 'f') })).toThrow('not supported');
  });
});

describe('docs/cost.md', () => {
  const examples = examplesIn(document);

  test('shows three sizes', () => {
    expect(examples).toHaveLength(3);
  });

  test.each(examples)('is fresh for $args (else: npm run cost -- --update)', ({ args, printed }) => {
    expect(printed).toBe(bill(readRequest(args).load, deployed));
  });

  test('is updated without other changes', () => {
    const print = (args: readonly string[]) => bill(readRequest(args).load, deployed);

    expect(withExamples(document, print)).toBe(document);
    expect(withExamples(document, () => '$& new').split('```text\n$& new\n```')).toHaveLength(4);
  });
});
