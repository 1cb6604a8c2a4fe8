import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** As a destination in the same region answers. */
const answerMs = 1;

// A destination that takes everything and costs as little as it can; run as a process, it tells its port.
const server = createServer((request, response) => {
  request.resume().once("end", () => {
    const answer = () =>
      response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": "0" }).end();
    setTimeout(answer, answerMs);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
