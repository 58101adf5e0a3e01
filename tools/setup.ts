import { provisionKafka } from './provision/index';
import { repositoryRoot, stackPaths } from './stack/paths';
import { prepareFolders } from './stack/prepare';
import { runCommand } from './stack/run-command';
import { kafkaBrokers, parseSettings } from './stack/settings';
import { allTopics, ensureTopics } from './stack/topics';

/** `npm run setup`: folders, secrets and topics, for `dapr run -f .` on a machine where Dapr and Kafka run already. */
async function main(): Promise<void> {
  const settings = parseSettings(process.env, repositoryRoot());
  const paths = stackPaths(settings.dataDir);
  prepareFolders(paths);
  await ensureTopics(await provisionKafka(), kafkaBrokers(settings));
  console.log(`folders  ${settings.dataDir}`);
  console.log(`secrets  ${paths.tokenKeys}`);
  console.log(`topics   ${allTopics.join(', ')} at ${kafkaBrokers(settings)}`);
}

runCommand(main);
