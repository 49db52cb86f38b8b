// The health check of the containers: `node health.mjs identity-service` ends with 0 when the service answers.
import { settings } from "./settings.mjs";

const url = `http://127.0.0.1:${settings.port(process.argv[2])}/health`;
const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
console.log(`${response.status} ${await response.text()}`);
process.exitCode = response.ok ? 0 : 1;
