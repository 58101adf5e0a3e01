import type { Prerequisite } from './prerequisites';
import type { Progress } from './progress';

/** Where things are looked for and made. */
export interface Machine {
  /** The clone. */
  root: string;
  cache: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
}

/** Something the stack needs on this machine: there already, or to be made by `make` once its prerequisites are met. */
export interface Part<T> {
  ready?: T;
  needs: Prerequisite[];
  make: () => Promise<T>;
}
