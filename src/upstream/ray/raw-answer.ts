// What came back over a socket, before anybody judged it.
export type RawAnswer =
  /** An HTTP/2 response; `grpcStatus` is null where none came with its head or at its end: then it may be a part of one. */
  | {
      readonly kind: 'reply';
      readonly httpStatus: number;
      readonly contentType: string | null;
      readonly grpcStatus: number | null;
      readonly grpcMessage: string | null;
      readonly body: Uint8Array;
    }
  /** No connection came about; the reason in the words of a failed connection. */
  | { readonly kind: 'no-connection'; readonly reason: string }
  /** A connection whose other side does not speak HTTP/2; the first bytes that it says. */
  | { readonly kind: 'other-protocol'; readonly greeting: Uint8Array }
  /** A connection or a stream that ended before its answer began. */
  | { readonly kind: 'cut'; readonly reason: string }
  /** More than the bytes that were asked for; the rest was not read. */
  | { readonly kind: 'too-large'; readonly bytes: number }
  /** Not within the deadline. */
  | { readonly kind: 'late'; readonly while: 'connecting' | 'answering' };
