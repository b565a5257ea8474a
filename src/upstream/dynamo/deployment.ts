// A DynamoGraphDeployment as its two API versions write it, as far as annotations reach its pods (operator api/v1alpha1 and api/v1beta1:
// dynamographdeployment_types.go, dynamocomponentdeployment_types.go). What is absent and what is null mean the same to Kubernetes.

export const deploymentGroup = 'nvidia.com';
export const deploymentKind = 'DynamoGraphDeployment';

/** A component of this type keeps no pod template of its own: its templates belong to its roles. */
export const lpxType = 'lpx';

export type Annotations = ReadonlyMap<string, string>;

/** Something with annotations; each level may be absent. */
export type Annotated = { readonly annotations: Annotations | null } | null;

/** The pod template of a component or of one of its roles (core/v1 PodTemplateSpec). */
export type PodTemplate = { readonly metadata: Annotated } | null;

/** v1alpha1 spec.services: what `annotations` says reaches pods too, extraPodMetadata beats it. */
export type Service = { readonly annotations: Annotations | null; readonly extraPodMetadata: Annotated };

/** v1beta1 spec.components: one template for the component, or one for each role (from operator 1.6.0 on), never both. */
export type Component = {
  readonly type: string | null;
  readonly podTemplate: PodTemplate;
  readonly roles: readonly { readonly podTemplate: PodTemplate }[] | null;
};

export type Deployment = {
  readonly metadata: { readonly annotations: Annotations | null; readonly deletionTimestamp: string | null } | null;
  readonly spec: {
    /** Passed on to all pods; the component's own values beat them. */
    readonly annotations: Annotations | null;
    readonly services: ReadonlyMap<string, Service | null> | null;
    readonly components: readonly Component[] | null;
  } | null;
};

/** One map of annotations of a deployment. */
export type Place = {
  /** Keys from the object's root to the map. */
  readonly path: readonly string[];
  /** How many keys at the end of the path are not there yet, the map's own included. */
  readonly missing: number;
  readonly annotations: Annotations;
};

/** A place whose annotations are those of pods; `above` is what else reaches these pods, the strongest first. */
export type TemplatePlace = Place & { readonly above: readonly Annotations[] };

export type Places = {
  readonly metadata: Place;
  readonly templates: readonly TemplatePlace[];
  /** Maps from which the operator passes annotations on to pods. */
  readonly passedOn: readonly Place[];
};

const none: Annotations = new Map();

/** Returns every map of annotations of a deployment that is about its pods; services that are null have none. */
export function placesOf({ metadata, spec }: Deployment): Places {
  const ofAll = spec?.annotations ?? none;
  const services = [...(spec?.services ?? [])].flatMap(([name, service]) =>
    service === null ? [] : [{ path: ['spec', 'services', name], service }],
  );
  const components = (spec?.components ?? []).map((component, index) => ({
    path: ['spec', 'components', String(index)],
    component,
  }));
  return {
    metadata: place(['metadata', 'annotations'], metadata),
    templates: [
      ...services.map(({ path, service }) => ({
        ...place([...path, 'extraPodMetadata', 'annotations'], service.extraPodMetadata),
        above: [service.annotations ?? none, ofAll],
      })),
      ...components.flatMap(({ path, component }) => componentTemplates(path, component, ofAll)),
    ],
    passedOn: [
      place(['spec', 'annotations'], spec),
      ...services.map(({ path, service }) => place([...path, 'annotations'], service)),
    ],
  };
}

function componentTemplates(path: readonly string[], component: Component, ofAll: Annotations): TemplatePlace[] {
  const roles = (component.roles ?? []).flatMap(({ podTemplate }, index) =>
    podTemplate === null ? [] : [templatePlace([...path, 'roles', String(index)], podTemplate, ofAll)],
  );
  const rolesOnly = component.podTemplate === null && (roles.length > 0 || component.type === lpxType);
  return rolesOnly ? roles : [templatePlace(path, component.podTemplate, ofAll), ...roles];
}

function templatePlace(path: readonly string[], template: PodTemplate, ofAll: Annotations): TemplatePlace {
  const metadata = place([...path, 'podTemplate', 'metadata', 'annotations'], template?.metadata ?? null);
  return { ...metadata, missing: template === null ? 3 : metadata.missing, above: [ofAll] };
}

function place(path: readonly string[], parent: Annotated): Place {
  const annotations = parent?.annotations ?? null;
  return { path, missing: parent === null ? 2 : annotations === null ? 1 : 0, annotations: annotations ?? none };
}
