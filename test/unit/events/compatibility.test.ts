import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventTypes, newEvent, type EventName } from '../../../services/shared/events/catalogue';
import { cloudEvent, type CloudEvent } from '../../../services/shared/events/cloud-event';
import { entryKind } from '../../../services/shared/events/schemas';

/**
 * Events as they were published, by name and version. Topics keep everything, so these must be read for ever: what
 * is recorded is never changed, and a new version is recorded beside it.
 */
const folder = join(__dirname, 'recorded');
const recorded = readdirSync(folder).map((file): [string, { key: string; event: CloudEvent }] => [
  file,
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as { key: string; event: CloudEvent },
]);
const nameOf = (event: CloudEvent): EventName => event.type as EventName;

describe.each(recorded)('%s', (file, { key, event }) => {
  const name = nameOf(event);

  test('is still read, and nothing of it is lost', () => {
    expect(cloudEvent.parse(event)).toEqual(event);
    expect(eventTypes[name].data.parse(event.data)).toMatchObject(event.data as object);
  });

  test('names a version that there was', () => {
    const version = Number(/^urn:gophermart:[a-z_]+:(\d+)$/.exec(event.dataschema)?.[1]);
    expect(file.startsWith(`${name}.v${version}.`)).toBe(true);
    expect(version).toBeLessThanOrEqual(eventTypes[name].version);
  });

  test('is published under the same id and key today', () => {
    const data = eventTypes[name].data.parse(event.data) as never;
    const now = newEvent(name, data, event.time);
    expect([now.key, now.event.id, now.event.source]).toEqual([key, event.id, event.source]);
    if (now.event.dataschema === event.dataschema) expect(now.event).toEqual(event);
  });
});

test('every event is recorded in its present version, and every kind of entry', () => {
  const schemas = new Set(recorded.map(([, { event }]) => event.dataschema));
  const present = Object.entries(eventTypes).map(([name, type]) => `urn:gophermart:${name}:${type.version}`);
  expect(present.filter((schema) => !schemas.has(schema))).toEqual([]);
  const kinds = new Set(recorded.map(([, { event }]) => (event.data as { kind?: string }).kind));
  expect(entryKind.options.filter((kind) => !kinds.has(kind))).toEqual([]);
});
