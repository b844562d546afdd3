// Writes the types of the program document, web/api-client/document.d.ts, from docs/program.schema.json.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/program.schema.json', import.meta.url), 'utf8').replaceAll('#/$defs/', '#/components/schemas/'),
);
const { $defs: parts, $schema: _, examples: __, ...whole } = schema;
const described = {
  openapi: '3.1.0',
  info: { title: 'The program document', version: '1' },
  paths: {},
  components: { schemas: { ...parts, Program: whole } },
};
writeFileSync(
  new URL('../api-client/document.d.ts', import.meta.url),
  // What has a default may be left out: people write documents, not the server.
  astToString(await openapiTS(described, { defaultNonNullable: false })),
);
