import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';

// Validates script files: node script.mjs SCHEMA FILE...
const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(schema, 'utf8')));
for (const file of files) {
  console.log(validate(JSON.parse(readFileSync(file, 'utf8'))) ? 'valid' : `invalid: ${JSON.stringify(validate.errors)}`);
}
