import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { eventTypes, topics, type EventName, type Topic } from '../../services/shared/events/catalogue';
import { cloudEvent } from '../../services/shared/events/cloud-event';
import { deadLetter } from '../../services/shared/events/dead-letter';
import { readIfThere } from '../stack/files';
import { FAILED, PASSED, type Part } from './part';

const HEADING = '# Made from services/shared/events by `npm run generate:contracts`; change it there.\n';
const LINE_WIDTH = 100;
const DRAFT = 'http://json-schema.org/draft-07/schema#';

type Json = Record<string, unknown>;
const names = Object.keys(eventTypes) as EventName[];

/** Every file of the events' contracts as they are now, by its path below docs/; schemas of versions before stay there. */
export function contractFiles(): Map<string, string> {
  const schemas = names.map((name): [string, string] => [
    join('schemas', schemaFile(name)),
    `${JSON.stringify(eventSchema(name), null, 2)}\n`,
  ]);
  const asyncApi = stringify(asyncApiDocument(), { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false });
  return new Map([['asyncapi.yaml', HEADING + asyncApi], ...schemas]);
}

const schemaFile = (name: EventName): string => `${name}.v${eventTypes[name].version}.json`;
const dataSchema = (name: EventName): string => `urn:gophermart:${name}:${eventTypes[name].version}`;

/** What a consumer may rely on: it bears members that it does not know. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return json;
}

/** The whole event: its CloudEvents envelope, and the data in it. */
function eventSchema(name: EventName): Json {
  const { properties, ...envelope } = jsonSchema(cloudEvent);
  const { source, data } = eventTypes[name];
  return {
    $schema: DRAFT,
    $id: dataSchema(name),
    title: name,
    ...envelope,
    required: [...(envelope.required as string[]).filter((member) => member !== 'data'), 'data'],
    properties: {
      ...(properties as Json),
      source: { const: source },
      type: { const: name },
      dataschema: { const: dataSchema(name) },
      data: jsonSchema(data),
    },
  };
}

function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Gophermart events',
      version: '1.0.0',
      license: { name: 'MIT' },
      description:
        'What the services say to each other on Kafka: CloudEvents 1.0 in structured JSON, at least once. An id is derived from the content, so that an event that comes twice has the same id.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.flatMap((topic) => [channel(topic), deadChannel(topic)])),
    operations: Object.fromEntries(topics.map(sending)),
    components: {
      messages: { ...Object.fromEntries(names.map(message)), dead_letter: deadMessage() },
    },
  };
}

const namesOn = (topic: Topic): EventName[] => names.filter((name) => eventTypes[name].topic === topic);

const messageRef = (name: string): Json => ({ $ref: `#/components/messages/${name}` });

function channel(topic: Topic): [string, Json] {
  const messages = Object.fromEntries(namesOn(topic).map((name) => [name, messageRef(name)]));
  return [topic, { address: topic, messages }];
}

function deadChannel(topic: Topic): [string, Json] {
  const address = `${topic}.dead`;
  const description = `What no consumer of ${topic} understands.`;
  return [`${topic}_dead`, { address, description, messages: { dead_letter: messageRef('dead_letter') } }];
}

function sending(topic: Topic): [string, Json] {
  const [first] = namesOn(topic);
  const source = first && eventTypes[first].source;
  const summary = `Sent by ${source}.`;
  return [`send_${topic}`, { action: 'send', summary, channel: { $ref: `#/channels/${topic}` } }];
}

function message(name: EventName): [string, Json] {
  const keyed = eventTypes[name].topic === 'accrual' ? 'order number' : 'account id';
  return [
    name,
    {
      name,
      title: `${name}, version ${eventTypes[name].version}`,
      payload: { $ref: `./schemas/${schemaFile(name)}` },
      bindings: { kafka: { key: { type: 'string', description: `The ${keyed}.` } } },
    },
  ];
}

const deadMessage = (): Json => ({
  name: 'dead_letter',
  contentType: 'application/json',
  payload: jsonSchema(deadLetter),
});

/** Compares docs/asyncapi.yaml and docs/schemas with what the catalogue of events says now. */
export const eventContractsAreFresh: Part = {
  name: 'docs/asyncapi.yaml and docs/schemas are fresh',
  run: (root) => {
    const fresh = [...contractFiles()].every(
      ([path, text]) => readIfThere(join(root, 'docs', path)) === text,
    );
    if (!fresh) console.log('npm run generate:contracts makes them fresh');
    return Promise.resolve(fresh ? PASSED : FAILED);
  },
};
