/** The same request as the other programs make, by curl, which reads the answer and does nothing with it. */
export function curl(url, model, certificate) {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const trust = certificate ? ['--cacert', certificate] : [];
  return [
    'curl',
    '-sN',
    ...trust,
    '-H',
    'content-type: application/json',
    '-H',
    'authorization: Bearer bench',
    '-d',
    body,
    `${url}/v1/chat/completions`,
  ];
}
