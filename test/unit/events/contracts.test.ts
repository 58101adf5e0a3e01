import { parse } from 'yaml';
import { contractFiles } from '../../../tools/checks/event-contracts';
import { eventTypes, topics } from '../../../services/shared/events/catalogue';

interface AsyncApi {
  channels: Record<string, { address: string; messages: Record<string, unknown> }>;
  operations: Record<string, { channel: { $ref: string } }>;
  components: { messages: Record<string, { payload: { $ref?: string } }> };
}

const files = contractFiles();
const text = files.get('asyncapi.yaml')!;
const document = parse(text) as AsyncApi;

test('names every topic, its dead letters and its events', () => {
  const addresses = Object.values(document.channels).map(({ address }) => address);
  expect(addresses.sort()).toEqual(topics.flatMap((topic) => [topic, `${topic}.dead`]).sort());
  for (const [name, { topic }] of Object.entries(eventTypes))
    expect(document.channels[topic]?.messages).toHaveProperty(name);
});

test('every reference leads somewhere', () => {
  const references = [...text.matchAll(/\$ref: "?([^"\s]+)"?/g)].map(([, reference]) => reference!);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    if (reference.startsWith('./')) {
      expect([...files.keys()]).toContain(reference.slice(2));
      continue;
    }
    const path = reference.slice(2).split('/');
    expect(document).toHaveProperty(path);
  }
});

test('a schema names its event and its version, and asks for the data', () => {
  for (const [name, { version }] of Object.entries(eventTypes)) {
    const schema = JSON.parse(files.get(`schemas/${name}.v${version}.json`)!) as {
      $id: string;
      required: string[];
      properties: { type: object };
    };
    expect(schema.$id).toBe(`urn:gophermart:${name}:${version}`);
    expect(schema.required).toContain('data');
    expect(schema.properties.type).toEqual({ const: name });
  }
});
