import { token, type Upstream, upstream } from './cli.js';

/** An OpenAI chat server that streams these texts, each in a chunk of its own, and finishes. */
export function startOpenAi(texts: readonly string[]): Promise<Upstream> {
  return upstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const text of texts) response.write(token(text));
    response.write(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
    );
    response.end('data: [DONE]\n\n');
  });
}
