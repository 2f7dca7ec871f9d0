// A model server for measuring, in its own process so that its work is not in the figures.
// Prints `ready URL`. The model's name says how it answers:
//   tokens-N   N tokens, as fast as the socket takes them
//   paced-N    N tokens, one every 2 ms, each carrying the time it was sent
//   cut-N      N tokens, then the connection goes
//   status-N   an error with HTTP status N
//   silent     accepts the request and never answers
// GET /v1/models lists one model after 100 ms if the base path is /slow; GET /silences tells for how many
// milliseconds each `silent` request was waited for, and forgets them.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [certificate, key] = process.argv.slice(2);
const silences = [];

const server = certificate
  ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer)
  : http.createServer(answer);
server.listen(0, '127.0.0.1', () => {
  console.log(`ready ${certificate ? 'https' : 'http'}://127.0.0.1:${server.address().port}`);
});
process.stdin.resume().on('end', () => process.exit());

function answer(request, response) {
  if (request.method === 'GET') {
    if (request.url === '/silences') return json(response, silences.splice(0));
    const models = {
      object: 'list',
      data: [{ id: 'tokens-1', object: 'model', owned_by: 'bench', created: 0 }],
    };
    setTimeout(() => json(response, models), request.url.startsWith('/slow/') ? 100 : 0);
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text) => {
    body += text;
  });
  request.on('end', () => chat(JSON.parse(body).model, response));
}

function chat(model, response) {
  const [kind, count] = model.split('-');
  if (kind === 'silent') {
    const sinceMs = performance.now();
    response.on('close', () => silences.push(performance.now() - sinceMs));
    return;
  }
  if (kind === 'status') {
    response.statusCode = Number(count);
    return json(response, { error: { message: 'dead on purpose', type: 'server_error' } });
  }
  response.setHeader('content-type', 'text/event-stream');
  response.write(chunk({ role: 'assistant', content: '' }));
  if (kind === 'cut') return cut(response, Number(count));
  if (kind === 'paced') pace(response, Number(count));
  else flood(response, Number(count));
}

function cut(response, count) {
  for (let sent = 1; sent < count; sent += 1) response.write(chunk({ content: `word ${sent} ` }));
  response.write(chunk({ content: 'word' }), () => response.destroy());
}

function pace(response, count) {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(chunk({ content: `${performance.timeOrigin + performance.now()}\n` }));
    if (++sent < count) return;
    clearInterval(timer);
    finish(response, count);
  }, 2);
  response.on('close', () => clearInterval(timer));
}

/** Each token is worded anew, as a real server does it; 64 of them leave in one write. */
function flood(response, count) {
  let sent = 0;
  const more = () => {
    while (sent < count) {
      let batch = '';
      for (const end = Math.min(count, sent + 64); sent < end; sent++)
        batch += chunk({ content: `word ${sent} ` });
      if (!response.write(batch) && sent < count) return response.once('drain', more);
    }
    finish(response, count);
  };
  more();
}

function finish(response, count) {
  response.write(chunk({}, 'stop'));
  const usage = { prompt_tokens: 1, completion_tokens: count, total_tokens: count + 1 };
  response.write(
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [], usage })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}

function chunk(delta, finishReason = null) {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'bench', choices })}\n\n`;
}

function json(response, value) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}
