import { z } from 'zod';
import { problemTable, type ProblemSlug } from '../problems';
import {
  addressOfOperation,
  headers,
  operationNames,
  operationOf,
  problemsOf,
  type Answer,
  type OperationName,
  type Parameter,
} from './contract';
import { problem } from './schemas';

type Json = Record<string, unknown>;

export interface OpenApi {
  openapi: string;
  info: Json;
  servers: Json[];
  tags: Json[];
  paths: Record<string, Record<string, Json>>;
  components: Components & { headers: Json; securitySchemes: Json };
}

/** What operations refer to by name; filled while they are written. */
interface Components {
  schemas: Record<string, Json>;
  responses: Record<string, Json>;
}

/** The document of the public API, OpenAPI 3.1. */
export function openApiDocument(): OpenApi {
  const components: Components = { schemas: {}, responses: {} };
  const paths: OpenApi['paths'] = {};
  for (const name of operationNames) {
    const { method, path } = addressOfOperation(name);
    (paths[path] ??= {})[method] = operationObject(name, components);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gophermart',
      version: '1.0.0',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'A loyalty-points system: upload the numbers of paid orders, get points for them, pay for other orders with points.',
    },
    servers: [{ url: '/' }],
    tags: ['Account', 'Orders', 'Points', 'Service'].map((name) => ({ name })),
    paths,
    components: {
      ...components,
      headers: {
        ...Object.fromEntries(
          Object.entries(headers).map(([name, description]) => [name, textHeader(description)]),
        ),
        'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'gophermart_session' },
      },
    },
  };
}

const textHeader = (description: string): Json => ({ description, schema: { type: 'string' } });

function operationObject(name: OperationName, components: Components): Json {
  const { tag, summary, description, session, parameters, body, answers } = operationOf(name);
  const { method, path } = addressOfOperation(name);
  const content = (bodies: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Json =>
    Object.fromEntries(
      Object.entries(bodies).map(([mediaType, schema]) => [
        mediaType,
        { schema: reference(schema, io, components) },
      ]),
    );
  const answerObject = ({
    description,
    mediaType = 'application/json',
    body,
    headers = [],
  }: Answer): Json => ({
    description,
    ...(headers.length > 0 && { headers: headerReferences(headers) }),
    ...(body && { content: content({ [mediaType]: body }, 'output') }),
  });
  return {
    operationId: `${method}_${path.replace(/^\/(api\/)?|[{}]/g, '').replaceAll('/', '_')}`,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(session && { security: [{ bearer: [] }, { cookie: [] }] }),
    ...(parameters && { parameters: parameters.map(parameterObject) }),
    ...(body && { requestBody: { required: true, content: content(body, 'input') } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, answerObject(answer)]),
      ),
      ...problemAnswers(problemsOf(name), components),
    },
  };
}

/** One answer for each status; the slugs that it may carry are listed in its schema. */
function problemAnswers(slugs: ProblemSlug[], components: Components): Json {
  const byStatus = new Map<number, ProblemSlug[]>();
  for (const slug of slugs) {
    const [status] = problemTable[slug];
    byStatus.set(status, [...(byStatus.get(status) ?? []), slug].sort());
  }
  return Object.fromEntries(
    [...byStatus].map(([status, slugs]) => {
      const name = slugs.join('_or_');
      components.responses[name] ??= problemResponse(status, slugs, components);
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function problemResponse(status: number, slugs: ProblemSlug[], components: Components): Json {
  const schema = {
    allOf: [reference(problem, 'output', components)],
    properties: { status: { const: status }, slug: { enum: slugs } },
  };
  return {
    description: slugs.map((slug) => `\`${slug}\`: ${problemTable[slug][1]}`).join('\n\n'),
    ...([429, 503].includes(status) && { headers: headerReferences(['Retry-After']) }),
    content: { 'application/problem+json': { schema } },
  };
}

const headerReferences = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

function parameterObject({ in: place, name, description, schema }: Parameter): Json {
  return { name, in: place, description, ...(place === 'path' && { required: true }), schema };
}

/** A schema with an id goes to the components, once. */
function reference(schema: z.ZodType, io: 'input' | 'output', { schemas }: Components): Json {
  const { $schema: _dialect, $defs = {}, ...own } = z.toJSONSchema(schema, { io }) as Json;
  for (const [id, { id: _id, ...definition }] of Object.entries($defs as Record<string, Json>)) {
    schemas[id] ??= plain(definition);
  }
  const id = schema.meta()?.id;
  if (id === undefined) return plain(own);
  const { id: _id, ...definition } = own;
  // zod puts a schema that refers to others among the definitions itself
  schemas[id] ??= plain(definition);
  return { $ref: `#/components/schemas/${id}` };
}

/** References to zod's definitions become references to the components; the pattern of a time says no more than its format. */
function plain(value: Json): Json {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    const { format, pattern, ...rest } = (inner ?? {}) as Json;
    return format === 'date-time' && pattern !== undefined ? { ...rest, format } : inner;
  });
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
