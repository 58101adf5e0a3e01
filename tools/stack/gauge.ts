/**
 * The sum of a metric over all its labels, in Prometheus' text format.
 * @returns undefined when the text does not hold the metric
 */
export function sumOfMetric(text: string, name: string): number | undefined {
  const samples = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return samples.length === 0 ? undefined : samples.reduce((sum, sample) => sum + sample, 0);
}
