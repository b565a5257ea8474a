// What the API server asks (k8s.io/api/admission/v1 types.go) as far as it is answered here.
import type { Deployment } from '#upstream/dynamo/deployment.ts';

export const reviewVersion = 'admission.k8s.io/v1';
export const reviewKind = 'AdmissionReview';

export const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** A question about one deployment. Which of the two objects there is follows from the operation. */
export type Review = {
  readonly uid: string;
  readonly operation: (typeof operations)[number];
  /** Empty where the deployment itself is meant. */
  readonly subResource: string;
  /** `namespace/name`, for messages; a name that the API server has yet to make is shown as `prefix*`. */
  readonly name: string;
  readonly object: Deployment | null;
  readonly oldObject: Deployment | null;
};

/** A review, or why it is none; with the uid where there is one, for then it is answered to the API server's face. */
export type ReviewRead =
  | { readonly ok: true; readonly review: Review }
  | { readonly ok: false; readonly uid: string | null; readonly reason: string };
