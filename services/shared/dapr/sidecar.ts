export declare class Sidecar {}
