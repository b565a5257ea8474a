// A certificate for tests, made by hand (RFC 5280): neither openssl nor a committed key is needed.
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Uint8Array.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const ascii = (tag: number, text: string): Buffer => der(tag, Buffer.from(text));
/** Object identifiers, encoded. */
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ecdsaSha256 = sequence(oid('2a8648ce3d040302'));
const time = (ms: number): Buffer => ascii(0x18, new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, ''));

/** Returns a certificate for localhost and 127.0.0.1 with its key, PEM. */
export function selfSigned(name = 'localhost'): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(der(0x31, sequence(oid('550403'), ascii(0x0c, name))));
  const names = sequence(ascii(0x82, 'localhost'), der(0x87, Uint8Array.from([127, 0, 0, 1])));
  const tbs = sequence(
    der(0xa0, der(0x02, Uint8Array.from([2]))),
    der(0x02, Buffer.concat([Uint8Array.from([1]), randomBytes(8)])),
    ecdsaSha256,
    subject,
    sequence(time(Date.now() - 3_600_000), time(Date.now() + 86_400_000)),
    subject,
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('551d11'), der(0x04, names)))),
  );
  const whole = sequence(tbs, ecdsaSha256, der(0x03, Uint8Array.from([0]), sign('sha256', tbs, privateKey)));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Writes a certificate and its key as a mounted Secret has them, and returns their paths. */
export function writePair(folder: string, { cert, key }: ReturnType<typeof selfSigned>) {
  mkdirSync(folder, { recursive: true });
  const paths = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
  return paths;
}
