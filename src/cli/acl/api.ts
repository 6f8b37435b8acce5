import type { Removal, Stream } from './streams.ts';

/** Subjects of JetStream's API, all of them for one stream. (nats-server, jetstream_api.go) */
const of = ({ name }: Stream, ...requests: readonly string[]): readonly string[] =>
  requests.map((request) => `$JS.API.${request.replace('%', name)}`);

/** Make a stream, or find out that it is there as wanted. */
export const creating = (stream: Stream): readonly string[] => of(stream, 'STREAM.INFO.%', 'STREAM.CREATE.%');

/** Read what it holds, message by message or many at once. */
export const reading = (stream: Stream): readonly string[] =>
  of(
    stream,
    'STREAM.INFO.%',
    'STREAM.MSG.GET.%',
    'DIRECT.GET.%',
    'CONSUMER.CREATE.%',
    'CONSUMER.MSG.NEXT.%.*',
    'CONSUMER.DELETE.%.*',
  );

const REMOVALS = { purge: 'STREAM.PURGE.%', delete: 'STREAM.MSG.DELETE.%' } as const;

export const removing = (stream: Stream, removal: readonly Removal[]): readonly string[] =>
  of(stream, ...removal.map((each) => REMOVALS[each]));
