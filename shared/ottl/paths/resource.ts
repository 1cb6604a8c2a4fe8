import { attributes, type FieldTable, text, type ViewOf, varint32 } from "./field.ts";

const resource: ViewOf = ({ scene }) => scene.resource;
const scope: ViewOf = ({ scene }) => scene.scope;

/** `resource.…` */
export const resourceFields: FieldTable = {
  attributes: attributes(resource, 1),
  dropped_attributes_count: varint32(resource, 2),
  schema_url: text(({ scene }) => scene.resourceGroup, 3),
};

/** `scope.…` and `instrumentation_scope.…` */
export const scopeFields: FieldTable = {
  name: text(scope, 1),
  version: text(scope, 2),
  attributes: attributes(scope, 3),
  dropped_attributes_count: varint32(scope, 4),
  schema_url: text(({ scene }) => scene.scopeGroup, 3),
};
