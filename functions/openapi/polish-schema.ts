import { partnerRoles, roles } from '../../domain/access.ts';
import { alarmActions, measures } from '../../domain/alarm.ts';
import { operationStates } from '../../domain/operation.ts';
import { formFactors, handlings } from '../../domain/operator.ts';
import { orderStates } from '../../domain/order.ts';
import { planStages } from '../../domain/plan.ts';
import { replacementReasons } from '../../domain/replacement.ts';
import { simStates } from '../../domain/sim.ts';
import { nextActionNames, operationActions, simProblemCodes } from '../../domain/sim-actions.ts';
import { poolings } from '../../domain/tariff.ts';
import { userStates } from '../../domain/user.ts';
import { deliveryStates, eventPatterns } from '../../domain/webhook.ts';
import { portablePattern } from './portable-pattern.ts';

/*
 * Improves the JSON Schemas that the library generates for the OpenAPI document. This runs at build time, so that the bundles
 * of the functions do not contain it.
 */

type Json = Record<string, unknown>;

/** Enumerations that occur in many places. Each becomes a schema of its own with this name. */
const namedChoices: Readonly<Record<string, { values: readonly string[]; description: string }>> = {
  AlarmAction: { values: alarmActions, description: 'What an alarm does when it fires.' },
  AlarmMeasure: { values: measures, description: 'What an alarm measures.' },
  DeliveryState: { values: deliveryStates, description: 'The state of a delivery.' },
  EventPattern: { values: eventPatterns, description: 'An event type, or a pattern for several.' },
  FormFactor: { values: formFactors, description: 'The form factor of a SIM.' },
  Handling: {
    values: handlings,
    description: 'Whether this is done over the operator’s API or manually by the platform’s staff.',
  },
  OperationState: {
    values: operationStates,
    description:
      '`scheduled`: waits for `effectiveAt`. `queued`, `running`: in progress. `succeeded`: no SIM failed. `partially_succeeded`: some failed. `failed`: no SIM succeeded, or see `failure`. `cancelled`: SIMs without a result are unchanged.',
  },
  OrderState: {
    values: orderStates,
    description:
      '`submitted`: the operator has not accepted the order yet. `accepted`, `processing`, `dispatched`: as the operator reports. `delivered`: its SIMs are in holding. `fulfilled`: the plan has run for every SIM. `cancelled`, `rejected`: ended. `failed`: stopped, and can be resumed; see `failure`.',
  },
  PartnerRole: { values: partnerRoles, description: 'A role of a partner’s users and systems.' },
  PlanStage: { values: planStages, description: 'A stage of a plan.' },
  Pooling: { values: poolings, description: 'How the SIMs of a service share its allowance.' },
  Role: { values: roles, description: 'A role of a user.' },
  OperationAction: { values: operationActions, description: 'The action of an operation.' },
  ReplacementReason: { values: replacementReasons, description: 'Why a SIM is replaced.' },
  SimAction: { values: nextActionNames, description: 'An action on SIMs that depends on their state.' },
  SimProblemCode: { values: simProblemCodes, description: 'Why an action on a SIM failed.' },
  SimState: {
    values: simStates,
    description:
      '`in_holding`: delivered, must be migrated. `in_stock`: on a partner service, without a customer. `assigned`: on a customer service, data barred. `activating`: waits for the operator. `testing`: data allowed, up to the test limit of the operator; then `active`. `active`: data allowed. `suspended`: data barred. `terminated`: final.',
  },
  UserState: { values: userStates, description: 'The state of a user.' },
};

const choices = new Map(
  Object.entries(namedChoices).map(([name, { values, description }]) => [
    JSON.stringify(values),
    { name, schema: { type: 'string', enum: [...values], description } },
  ]),
);

/**
 * A schema as the document shows it: with references to named enumerations and portable patterns, and without the bounds of
 * JavaScript's safe integers.
 *
 * @param addNamed receives each named enumeration that the schema refers to.
 */
export function polishSchema(schema: unknown, addNamed: (name: string, schema: Json) => void): unknown {
  if (Array.isArray(schema)) {
    return schema.map((item) => polishSchema(item, addNamed));
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const json: Json = { ...schema };
  const choice =
    json.type === 'string' && Array.isArray(json.enum) ? choices.get(JSON.stringify(json.enum)) : undefined;
  if (choice) {
    addNamed(choice.name, choice.schema);
    const { type: _type, enum: _enum, ...rest } = json;
    return { $ref: `#/components/schemas/${choice.name}`, ...rest };
  }
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]): [string, unknown][] => {
      if (
        (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) ||
        (key === 'maximum' && value === Number.MAX_SAFE_INTEGER)
      ) {
        return [];
      }
      if (key === 'pattern' && typeof value === 'string') {
        const pattern = portablePattern(value);
        return pattern === undefined ? [] : [[key, pattern]];
      }
      // Examples and values are data, not schemas.
      const isData = key === 'default' || key === 'const' || key === 'enum' || key === 'examples';
      return [[key, isData ? value : polishSchema(value, addNamed)]];
    }),
  );
}
