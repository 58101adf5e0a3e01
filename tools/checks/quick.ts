import { jestProject } from './jest';
import { runParts, together, type Part } from './part';
import { staticChecks } from './static';

const statics: Part = { name: 'static checks', run: (root) => runParts(staticChecks, root) };

/** What needs neither Dapr nor Kafka. */
export const quickChecks: Part[] = [together('quick checks', [statics, jestProject('unit')])];
