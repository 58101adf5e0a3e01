import type { ProcessSpec } from './plan';
import { isRunning, processTable, withDescendants, type ProcessEntry } from './process-table';
import type { RunRecord } from './record';

/**
 * Finds the apps and sidecars that the Dapr CLI has started, in the tree of its processes, and adds them to the
 * record. What the record holds and still runs stays as it is.
 */
export function adopt(record: RunRecord, table = processTable()): RunRecord {
  const cli = record.processes.find((one) => one.spec.kind === 'cli');
  if (!cli || table.get(cli.pid)?.started !== cli.started) return record;
  const offspring = withDescendants(table, cli.pid).slice(1);
  const processes = record.processes.map((one) => {
    if (isRunning(one)) return one;
    const found = offspring.find((entry) => runs(entry, one.spec));
    return found ? { ...one, pid: found.pid, started: found.started } : one;
  });
  return { ...record, processes };
}

function runs(entry: ProcessEntry, spec: ProcessSpec): boolean {
  const words = ` ${entry.command} `;
  if (spec.kind === 'app') return words.endsWith(` ${spec.args.join(' ')} `);
  return spec.kind === 'sidecar' && words.includes(` ${spec.args.slice(0, 2).join(' ')} `);
}
