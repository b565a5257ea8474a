import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

import { readTextFile } from '#edge/facts/text-file.ts';

// The certificate and its key, as they are on disk now. cert-manager renews them by swapping a link of the mounted Secret, which
// watching a file misses (facts: hosts-lab.md section 1), so both are read again at every look: two small files.

export type Certificate = { readonly cert: string; readonly key: string; readonly notAfterMs: number };

export type CertificateRead =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

export type CertificateFiles = { readonly cert: string; readonly key: string };

/** The least that is spoken with anybody (RFC 8996). */
export const leastTls = 'TLSv1.2';

/** Returns certificate and key (PEM), or why they cannot be used together. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateRead> {
  const [cert, key] = [await readTextFile(files.cert), await readTextFile(files.key)];
  for (const [option, file] of [['--cert', cert] as const, ['--key', key] as const])
    if ('missing' in file) return { ok: false, missing: true, reason: `${option} ${file.path}: ${file.missing}` };
  if (!('text' in cert && 'text' in key)) return { ok: false, missing: true, reason: 'not there' };
  return usable(cert.text, key.text, files);
}

function usable(cert: string, key: string, files: CertificateFiles): CertificateRead {
  try {
    const notAfterMs = Date.parse(new X509Certificate(cert).validTo);
    createSecureContext({ cert, key, minVersion: leastTls });
    return { ok: true, certificate: { cert, key, notAfterMs } };
  } catch (error) {
    // OpenSSL names the fault and shows nothing of the key.
    const reason = `${files.cert} and ${files.key} are no certificate with its key in PEM: ${(error as Error).message}`;
    return { ok: false, missing: false, reason };
  }
}

const everyMs = 1_000;

/**
 * Looks at the files every second and calls `changed` when they hold another pair, `failed` when they have held the same unusable state at
 * two looks, once for each such state; in between is the moment of a renewal. Returns what stops it.
 */
export function watchCertificate(
  files: CertificateFiles,
  first: Certificate,
  on: { readonly changed: (certificate: Certificate) => void; readonly failed: (reason: string) => void },
): () => void {
  let current = first;
  let doubt = { reason: '', looks: 0 };
  const look = async (): Promise<void> => {
    const read = await readCertificate(files);
    if (!read.ok) {
      doubt = { reason: read.reason, looks: read.reason === doubt.reason ? doubt.looks + 1 : 1 };
      if (doubt.looks === 2) on.failed(read.reason);
    } else {
      doubt = { reason: '', looks: 0 };
      if (read.certificate.cert !== current.cert || read.certificate.key !== current.key) {
        current = read.certificate;
        on.changed(current);
      }
    }
    if (!stopped) timer = setTimeout(() => void look(), everyMs).unref();
  };
  let stopped = false;
  let timer = setTimeout(() => void look(), everyMs).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
