import { ServiceBroker } from 'moleculer';
import { answer } from './answer.ts';
import { askFor, notConnected, sumOf, type AskWorker, type Question, type Sum } from './ask.ts';

/**
 * The defaults (JSON, no metrics, no tracing, no parameter cloning), silent; without its own balancer, which its
 * documentation offers for transporters that balance themselves, as NATS does.
 */
const createBroker = (url: string, nodeID: string): ServiceBroker =>
  new ServiceBroker({ nodeID, transporter: url, logger: false, disableBalancer: true });

let ask: (question: Question) => PromiseLike<Sum> = notConnected;

answer<AskWorker>({
  async respond(url) {
    const broker = createBroker(url, 'responder');
    broker.createService({
      name: 'adder',
      actions: { add: (context: { params: Question }) => sumOf(context.params.value) },
    });
    await broker.start();
  },
  async connect(url) {
    const broker = createBroker(url, 'asker');
    await broker.start();
    await broker.waitForServices('adder');
    ask = (question) => broker.call<Sum, Question>('adder.add', question);
  },
  round: async (load) => askFor(load, ask),
});
