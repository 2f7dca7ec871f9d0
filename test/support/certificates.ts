import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const dayMs = 86_400_000;

/** One element of DER (ITU-T X.690): its tag, its length, what is in it. */
function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
  );
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly (Buffer | string)[]): Buffer => der(0x30, ...parts);
/** ecdsa-with-SHA256 */
const algorithm = sequence(der(0x06, '2a8648ce3d040302'));
const subject = sequence(der(0x31, sequence(der(0x06, '550403'), der(0x0c, Buffer.from('localhost')))));
/** subjectAltName with `localhost`, and basicConstraints of an authority, so that it can be trusted. */
const extensions = der(
  0xa3,
  sequence(
    sequence(der(0x06, '551d11'), der(0x04, sequence(der(0x82, Buffer.from('localhost'))))),
    sequence(der(0x06, '551d13'), der(0x04, sequence(der(0x01, 'ff')))),
  ),
);

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-T:]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}

/** A certificate for `localhost` that has signed itself: of so many days, so many of them left. */
export function certificateOf(days: { readonly life: number; readonly left: number }): {
  readonly cert: string;
  readonly key: string;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const endMs = Date.now() + days.left * dayMs;
  const body = sequence(
    der(0xa0, der(0x02, '02')),
    der(0x02, '01', randomBytes(8)),
    algorithm,
    subject,
    sequence(time(endMs - days.life * dayMs), time(endMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const whole = sequence(body, algorithm, der(0x03, '00', sign('sha256', body, privateKey)));
  const base64 = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
