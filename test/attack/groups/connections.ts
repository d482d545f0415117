import { ensure, scenario, type Group } from '../case.js';
import { answersOf, bytesOf, countAnswered, endedWithin, open } from '../sockets.js';

const pipelining = 'issue on the runtime: MCP clients do not pipeline';

export const connections: Group = {
  name: 'limits',
  ownServer: true,
  cases: [
    scenario('a hundred calls of one connection while the API hangs', pipelining, async (stage) => {
      const { upstream } = stage.around;
      upstream.behaviour = () => undefined;
      const before = upstream.received.length;
      const socket = await open(stage);
      const request = bytesOf(stage, await stage.token(), { body: stage.read });
      socket.resume().write(request.repeat(100));
      ensure(await endedWithin(socket, 30_000), 'the connection goes on');
      const reached = upstream.received.length - before;
      ensure(reached <= 24, `${reached} of them reached the API`);
    }),
    scenario('five thousand questions for its health at once', pipelining, async (stage) => {
      const socket = await open(stage);
      const request = bytesOf(stage, undefined, { method: 'GET', target: '/healthz' });
      socket.pause().write(request.repeat(5000));
      const answered = await countAnswered(socket);
      ensure(answered <= 1100, `${answered} are answered`);
    }),
    scenario('five calls at once are answered', 'RFC 9112 section 9.3.2', async (stage) => {
      const socket = await open(stage);
      const request = bytesOf(stage, await stage.token(), { body: stage.read });
      socket.write(request.repeat(5));
      const statuses = await answersOf(socket, 5);
      ensure(statuses.join() === '200,200,200,200,200', `they are ${statuses.join()}`);
      socket.destroy();
    }),
    scenario('requests of one connection without end', pipelining, async (stage) => {
      const socket = await open(stage);
      const request = bytesOf(stage, undefined, { method: 'GET', target: '/healthz' });
      let answered = 0;
      while (!socket.closed && answered < 1200) {
        socket.write(request);
        const [status] = await answersOf(socket, 1);
        if (status !== 200) break;
        answered += 1;
      }
      ensure(answered >= 100 && answered <= 1100, `${answered} were answered`);
    }),
  ],
};
