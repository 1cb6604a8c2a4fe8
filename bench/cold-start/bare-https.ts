import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";

/** The least that a hand-made signer would load: what leaving the SDK could save is the distance to this. */
export const needs = [createHash, createHmac, request];
