/** Local clouds of this test file keep their table in DynamoDB Local. */
process.env.DYNAMODB_ENGINE = 'dynamodb-local';
