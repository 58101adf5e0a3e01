import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError, parseEnvironment, port } from '../../services/shared/config';

/** Internal ports (sidecars, app channels, operators' ports, control plane) lie in PORT_BASE … PORT_BASE + 99. */
export const INTERNAL_PORTS = 100;
export const DEFAULT_PORT_BASE = 18_000;
const INFRASTRUCTURE_OFFSET = 80;
const PLACEMENT_OFFSET = 88;
const SCHEDULER_OFFSET = 89;

const hostPort = z.string().regex(/^[^\s:,/]+:\d{1,5}$/, 'expected host:port');
const brokerList = z
  .string()
  .regex(/^[^\s:,/]+:\d{1,5}(,[^\s:,/]+:\d{1,5})*$/, 'expected host:port[,host:port…]');

const shape = {
  PORTAL_PORT: port.default(8_080),
  FAKE_ORDERS_PORT: port.default(8_060),
  ACCRUAL_PORT: port.default(8_090),
  KAFKA_PORT: port.default(9_092),
  /**
   * Among the internal ones by default: Dapr's own 50005 and 50006 may be those of another control plane, and lie where
   * the system takes the ports of outgoing connections from.
   */
  PLACEMENT_PORT: port.optional(),
  SCHEDULER_PORT: port.optional(),
  PORT_BASE: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(65_535 - INTERNAL_PORTS)
    .default(DEFAULT_PORT_BASE),
  DATA_DIR: z.string().default('.data'),
  /** A broker that runs already; none is started then. */
  KAFKA_BROKERS: brokerList.optional(),
  PLACEMENT_ADDRESS: hostPort.optional(),
  SCHEDULER_ADDRESS: hostPort.optional(),
  /** A real calculator; the simulator is not started then. */
  ACCRUAL_ADDRESS: z.url({ protocol: /^https?$/ }).optional(),
};

/** Where a stack listens, keeps its files, and what it uses that is not its own. */
export interface Settings {
  portalPort: number;
  fakeOrdersPort: number;
  accrualPort: number;
  kafkaPort: number;
  placementPort: number;
  schedulerPort: number;
  portBase: number;
  /** Absolute. */
  dataDir: string;
  /** What the stack does not start itself because the environment names another's. */
  foreign: { kafkaBrokers?: string; placement?: string; scheduler?: string; accrual?: string };
  /** The environment: values for the variables that dapr.yaml names. */
  environment: NodeJS.ProcessEnv;
}

/**
 * @param folder what a relative DATA_DIR is relative to
 * @throws ConfigError in one sentence
 */
export function parseSettings(environment: NodeJS.ProcessEnv, folder: string): Settings {
  const given = parseEnvironment(shape, environment);
  const foreign = {
    ...(given.KAFKA_BROKERS === undefined ? {} : { kafkaBrokers: given.KAFKA_BROKERS }),
    ...(given.PLACEMENT_ADDRESS === undefined ? {} : { placement: given.PLACEMENT_ADDRESS }),
    ...(given.SCHEDULER_ADDRESS === undefined ? {} : { scheduler: given.SCHEDULER_ADDRESS }),
    ...(given.ACCRUAL_ADDRESS === undefined ? {} : { accrual: given.ACCRUAL_ADDRESS }),
  };
  refuseSharedPorts({
    PORTAL_PORT: given.PORTAL_PORT,
    FAKE_ORDERS_PORT: given.FAKE_ORDERS_PORT,
    ...(foreign.accrual === undefined ? { ACCRUAL_PORT: given.ACCRUAL_PORT } : {}),
    ...(foreign.kafkaBrokers === undefined ? { KAFKA_PORT: given.KAFKA_PORT } : {}),
    ...(given.PLACEMENT_PORT === undefined ? {} : { PLACEMENT_PORT: given.PLACEMENT_PORT }),
    ...(given.SCHEDULER_PORT === undefined ? {} : { SCHEDULER_PORT: given.SCHEDULER_PORT }),
    PORT_BASE: given.PORT_BASE,
  });
  return {
    portalPort: given.PORTAL_PORT,
    fakeOrdersPort: given.FAKE_ORDERS_PORT,
    accrualPort: given.ACCRUAL_PORT,
    kafkaPort: given.KAFKA_PORT,
    placementPort: given.PLACEMENT_PORT ?? given.PORT_BASE + PLACEMENT_OFFSET,
    schedulerPort: given.SCHEDULER_PORT ?? given.PORT_BASE + SCHEDULER_OFFSET,
    portBase: given.PORT_BASE,
    dataDir: resolve(folder, given.DATA_DIR),
    foreign,
    environment,
  };
}

/** Each name stands for one port, PORT_BASE for a hundred. */
function refuseSharedPorts(ports: Record<string, number>): void {
  const widthOf = (name: string): number => (name === 'PORT_BASE' ? INTERNAL_PORTS : 1);
  const taken = Object.entries(ports);
  for (const [at, [name, first]] of taken.entries()) {
    for (const [other, second] of taken.slice(at + 1)) {
      if (first < second + widthOf(other) && second < first + widthOf(name)) {
        throw new ConfigError(
          `The configuration does not do: ${name} (${first}) and ${other} (${second}) overlap; ` +
            `PORT_BASE takes the ${INTERNAL_PORTS} ports that begin with it.`,
        );
      }
    }
  }
}

export const kafkaBrokers = (settings: Settings): string =>
  settings.foreign.kafkaBrokers ?? `127.0.0.1:${settings.kafkaPort}`;
export const placementAddress = (settings: Settings): string =>
  settings.foreign.placement ?? `127.0.0.1:${settings.placementPort}`;
export const schedulerAddress = (settings: Settings): string =>
  settings.foreign.scheduler ?? `127.0.0.1:${settings.schedulerPort}`;
export const accrualAddress = (settings: Settings): string =>
  settings.foreign.accrual ?? `http://127.0.0.1:${settings.accrualPort}`;

/** Ports of the broker and the control plane that nobody outside needs to know; the apps' begin at PORT_BASE. */
export function infrastructurePorts(settings: Settings) {
  const first = settings.portBase + INFRASTRUCTURE_OFFSET;
  return {
    kafkaController: first,
    placementHealth: first + 1,
    placementMetrics: first + 2,
    placementRaft: first + 3,
    schedulerHealth: first + 4,
    schedulerMetrics: first + 5,
    etcdClient: first + 6,
    etcdPeer: first + 7,
  };
}
