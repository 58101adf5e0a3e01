import { provision, ProvisionError } from './index';

/** `npm run provision`: makes sure that everything is there and says what and where. */
async function main(): Promise<void> {
  const since = Date.now();
  const { versions, ...paths } = await provision();
  console.log(`Dapr runtime ${versions.daprRuntime}   ${paths.daprRuntimeDir}`);
  console.log(`Dapr CLI     ${versions.daprCli}   ${paths.daprCli}`);
  console.log(`Kafka        ${versions.kafka}    ${paths.kafkaClasspath}`);
  console.log(`Java         ${versions.java}   ${paths.java}`);
  console.log(`All there after ${((Date.now() - since) / 1_000).toFixed(1)} s.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ProvisionError ? error.message : error);
  process.exitCode = 1;
});
