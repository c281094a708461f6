import type * as z from 'zod';

/** The resource types that the local cloud supports. */
export const knownTypes = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolGroup',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::StepFunctions::StateMachine',
] as const;

/** Returns all resources of a type, with their properties parsed by a schema. */
export type All = <Shape extends z.ZodRawShape>(
  type: (typeof knownTypes)[number],
  schema: z.ZodObject<Shape>,
) => {
  logicalId: string;
  ref: string;
  attributes: Readonly<Record<string, string>>;
  properties: z.output<z.ZodObject<Shape>>;
}[];
