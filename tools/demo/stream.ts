/** The data of server-sent events, as they come. */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const line = event.split('\n').find((one) => one.startsWith('data: '));
      if (line !== undefined) yield JSON.parse(line.slice('data: '.length));
    }
  }
}
