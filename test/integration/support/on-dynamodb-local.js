/** Local clouds of this test file use DynamoDB Local. */
process.env.DYNAMODB_ENGINE = 'dynamodb-local';
