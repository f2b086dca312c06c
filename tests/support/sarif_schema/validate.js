// node validate.js FILE: exit status 0 if FILE is valid by SARIF's official schema.
const Ajv = require('ajv');
const fs = require('fs');

const ajv = new Ajv({schemaId: 'auto', allErrors: true});
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const validate =
    ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
if (!validate(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')))) {
  console.error(ajv.errorsText(validate.errors, {separator: '\n', dataVar: '$'}));
  process.exit(1);
}
