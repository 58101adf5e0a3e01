import { ConfigError } from '../../../services/shared/config';
import { refuseOldRuntime } from '../../../services/shared/dapr/version';
import { closeStages, openStage, silent } from './support/stage';

afterEach(closeStages);

test.each(['1.18.1', '1.17.13', '0.99.99', 'v1.18.0', '1.18.1-rc.1'])(
  '%s is refused in one sentence',
  (version) => {
    expect(() => refuseOldRuntime(version, silent)).toThrow(ConfigError);
    expect(() => refuseOldRuntime(version, silent)).toThrow(
      /^The sidecar runs Dapr .+; 1\.18\.2 or newer is needed\.$/,
    );
  },
);

test.each(['1.18.2', 'v1.18.2', '1.18.10', '1.19.0', '2.0.0', '1.100.0', 'edge', ''])(
  '%p is let pass',
  (version) => {
    expect(() => refuseOldRuntime(version, silent)).not.toThrow();
  },
);

test('the version is the one that the sidecar names', async () => {
  const { fake, sidecar } = await openStage();
  fake.version = '1.16.0';
  const version = await sidecar.runtimeVersion();
  expect(() => refuseOldRuntime(version, silent)).toThrow('Dapr 1.16.0');
});
