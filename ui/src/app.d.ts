/** Whether the simulated backend is compiled in. */
declare const __FAKE__: boolean;
