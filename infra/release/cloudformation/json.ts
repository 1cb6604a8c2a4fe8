/** A value of a template: JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
