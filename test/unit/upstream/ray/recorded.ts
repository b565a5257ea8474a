import { readFileSync } from 'node:fs';

import type { RawAnswer } from '#upstream/ray/raw-answer.ts';

// What real Rays answered (scripts/record-gcs.js), with what Ray's own generated code reads in it.
export type Decoded = {
  readonly node_info_list?: readonly DecodedNode[];
  readonly ray_version?: string;
  readonly cluster_id?: string;
  readonly value?: string;
};

export type DecodedNode = {
  readonly node_id: string;
  readonly node_manager_address: string;
  readonly node_manager_hostname: string;
  readonly node_manager_port: number;
  readonly node_name: string;
  readonly state?: 'DEAD';
  readonly is_head_node?: boolean;
  readonly resources_total: Readonly<Record<string, number>>;
  readonly session_dir?: string;
  readonly temp_dir?: string;
  readonly death_info?: { readonly reason: string; readonly reason_message: string };
};

type Recorded = {
  readonly path: string;
  readonly request: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly decoded?: Decoded;
};

export const versions = ['2.48.0', '2.60.0'] as const;

const files = Object.fromEntries(
  versions.map((version) => {
    const text = readFileSync(`test/cases/ray/ray-${version}.json`, 'utf8');
    return [
      version,
      JSON.parse(text) as { readonly ray: string; readonly answers: Readonly<Record<string, Recorded>> },
    ];
  }),
);

export function recorded(version: string, name: string): Recorded {
  const found = files[version]?.answers[name];
  if (found === undefined) throw new Error(`no "${name}" of Ray ${version}`);
  return found;
}

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A recorded answer as it comes out of the edge. */
export function raw(version: string, name: string): Extract<RawAnswer, { kind: 'reply' }> {
  const { headers, trailers, body } = recorded(version, name);
  const all = { ...headers, ...trailers };
  return {
    kind: 'reply',
    httpStatus: Number(all[':status']),
    contentType: String(all['content-type']),
    grpcStatus: Number(all['grpc-status']),
    grpcMessage: all['grpc-message'] === undefined ? null : String(all['grpc-message']),
    body: bytesOf(body),
  };
}
