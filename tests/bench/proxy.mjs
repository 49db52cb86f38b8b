/** A socket before the engine's, which counts what is asked. */
import { createConnection, createServer } from "node:net";

const requestLine = /(?:GET|HEAD|POST|PUT|DELETE) (\/\S*) HTTP\/1\.[01]\r\n/g;

/** Listens at `path` and passes everything on to `engine`; `asked` gets the path of each request. */
export function proxy(path, engine, asked) {
  const connections = new Set();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = createConnection({ path: engine, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      connections.add(from);
      from.on("close", () => connections.delete(from));
      from.pipe(to);
      // Either side may break off at any time; then the other has nobody to talk to.
      from.on("error", () => to.destroy());
    }
    // A connection may carry several requests, and a request line may come in pieces.
    let rest = "";
    client.on("data", (data) => {
      const text = rest + data.toString("latin1");
      let end = 0;
      for (const match of text.matchAll(requestLine)) {
        asked(match[1]);
        end = match.index + match[0].length;
      }
      rest = text.slice(Math.max(end, text.length - 2048));
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, () =>
      resolve(() => {
        for (const connection of connections) connection.destroy();
        server.close();
      }),
    );
  });
}
