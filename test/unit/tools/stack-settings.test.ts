import { ConfigError } from '../../../services/shared/config';
import { infrastructurePorts, kafkaBrokers, parseSettings } from '../../../tools/stack/settings';

describe('the settings of a stack', () => {
  it('have defaults for everything', () => {
    const settings = parseSettings({}, '/clone');
    expect(settings).toMatchObject({
      portalPort: 8080,
      fakeOrdersPort: 8060,
      accrualPort: 8090,
      kafkaPort: 9092,
      dataDir: '/clone/.data',
      foreign: {},
    });
    expect(kafkaBrokers(settings)).toBe('127.0.0.1:9092');
  });

  it('keep an absolute DATA_DIR as it is', () => {
    expect(parseSettings({ DATA_DIR: '/elsewhere' }, '/clone').dataDir).toBe('/elsewhere');
  });

  it('take a foreign broker in the place of an own one', () => {
    const settings = parseSettings({ KAFKA_BROKERS: 'a:9092,b:9092', KAFKA_PORT: '8080' }, '/clone');
    expect(kafkaBrokers(settings)).toBe('a:9092,b:9092');
  });

  it.each([
    ['a port that is no number', { PORTAL_PORT: 'http' }, 'PORTAL_PORT'],
    ['a port that does not exist', { KAFKA_PORT: '70000' }, 'KAFKA_PORT'],
    ['a base without room above it', { PORT_BASE: '65500' }, 'PORT_BASE'],
    ['a broker without a port', { KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS'],
    ['a control plane given as a URL', { PLACEMENT_ADDRESS: 'http://x:50005' }, 'PLACEMENT_ADDRESS'],
    ['a calculator that is no URL', { ACCRUAL_ADDRESS: 'calculator:80' }, 'ACCRUAL_ADDRESS'],
    ['one port for two', { PORTAL_PORT: '9092' }, 'PORTAL_PORT (9092) and KAFKA_PORT (9092)'],
    ['a port among the internal ones', { PORTAL_PORT: '18099' }, 'PORTAL_PORT (18099) and PORT_BASE (18000)'],
  ])('refuse %s in one sentence', (_case, environment, named) => {
    expect(() => parseSettings(environment, '/clone')).toThrow(ConfigError);
    expect(() => parseSettings(environment, '/clone')).toThrow(named);
  });

  it('give each internal port once, all within the hundred', () => {
    const ports = Object.values(infrastructurePorts(parseSettings({ PORT_BASE: '30000' }, '/clone')));
    expect(new Set(ports).size).toBe(ports.length);
    expect(ports.every((port) => port >= 30_080 && port < 30_100)).toBe(true);
  });
});
