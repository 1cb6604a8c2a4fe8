import { type ArgumentsOf, attribute, block, required, table } from "../../../shared/alloy/arguments.ts";
import { secret, string } from "../../../shared/alloy/text-types.ts";
import type { Auth } from "../../../shared/delivery/auth.ts";

const sigv4 = table(
  {
    region: attribute(string, { help: "Default: AWS_REGION of the environment." }),
    access_key: attribute(string, { help: "Default: the identity of this process." }),
    secret_key: attribute(secret),
    profile: attribute(string, { unsupported: "set AWS_PROFILE in the environment" }),
    role_arn: attribute(string, { help: "Role that is assumed." }),
    service_name: attribute(string, { default: "aps", help: "Service that requests are signed for." }),
  },
  {
    validate: ({ access_key: id, secret_key: key }) =>
      (id === "") === (key === undefined || key.reveal() === "")
        ? undefined
        : "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config",
  },
);

/** Where tokens are had and what they are for (Prometheus, storage/remote/azuread). */
const clouds: ReadonlyMap<string, { readonly login: string; readonly scope: string }> = new Map([
  ["AzurePublic", { login: "https://login.microsoftonline.com", scope: "https://monitor.azure.com//.default" }],
  ["AzureChina", { login: "https://login.chinacloudapi.cn", scope: "https://monitor.azure.cn//.default" }],
  ["AzureGovernment", { login: "https://login.microsoftonline.us", scope: "https://monitor.azure.us//.default" }],
]);

const azuread = table(
  {
    cloud: attribute(string, { default: "AzurePublic", help: `${[...clouds.keys()].join(", ")}.` }),
    oauth: block(table({ client_id: required(string), client_secret: required(secret), tenant_id: required(string) }), {
      help: "An application that is registered with Entra.",
    }),
    managed_identity: block(table({ client_id: attribute(string) })),
    sdk: block(table({ tenant_id: attribute(string) })),
    scope: attribute(string, { help: "Default: that of the cloud." }),
  },
  {
    validate({ cloud, oauth, managed_identity: identity, sdk }) {
      if (!clouds.has(cloud)) {
        return `cloud is ${JSON.stringify(cloud)}, not one of ${[...clouds.keys()].join(", ")}`;
      }
      if (identity || sdk) {
        return "tokens of managed identities and of the SDK are not fetched: use oauth, with an application's client_id, client_secret and tenant_id";
      }
      return oauth
        ? undefined
        : "must provide an Azure Managed Identity, Azure OAuth or Azure SDK in the Azure AD config";
    },
  },
);

const googleIam = table(
  { credentials_file: attribute(string) },
  {
    validate: () =>
      "tokens of Google's service accounts are not fetched: use bearer_token_file, with a sidecar that renews it",
  },
);

/** Ways of authentication that only writes have, beside those of every HTTP client. */
export const writeAuthFields = {
  sigv4: block(sigv4, { help: "Signatures of AWS, for Amazon Managed Service for Prometheus." }),
  azuread: block(azuread, { help: "Tokens of Microsoft Entra, for Azure Monitor." }),
  google_iam: block(googleIam, { help: "Refused: tokens of Google's service accounts are not fetched." }),
} as const;

type WriteAuth = ArgumentsOf<typeof writeAuthFields>;

/** Whether more than one way is configured, in Alloy's words; `others`: how many of the HTTP client's. */
export function writeAuthProblem({ sigv4: signed, azuread: azure }: WriteAuth, others: number): string | undefined {
  const own = [signed, azure].filter((each) => each !== undefined).length;
  return own > 0 && own + others > 1
    ? "at most one of sigv4, azuread, google_iam, basic_auth, oauth2, bearer_token & bearer_token_file must be configured"
    : undefined;
}

/** The auth of a destination that belongs to a cloud; undefined where none is configured. */
export function cloudAuth({ sigv4: signed, azuread: azure }: WriteAuth, env: NodeJS.ProcessEnv): Auth | undefined {
  const cloud = clouds.get(azure?.cloud ?? "");
  if (azure?.oauth && cloud) {
    const { client_id: clientId, client_secret: clientSecret, tenant_id: tenant } = azure.oauth;
    return {
      kind: "oauth2",
      clientId,
      clientSecret,
      tokenUrl: `${cloud.login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      scopes: [azure.scope || cloud.scope],
      endpointParams: {},
    };
  }
  if (signed === undefined) {
    return undefined;
  }
  const { access_key: accessKeyId, secret_key: secretAccessKey, role_arn: roleArn } = signed;
  return {
    kind: "sigv4",
    region: signed.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || "us-east-1",
    service: signed.service_name,
    ...(accessKeyId !== "" && { accessKeyId }),
    ...(secretAccessKey !== undefined && secretAccessKey.reveal() !== "" && { secretAccessKey }),
    ...(roleArn !== "" && { roleArn }),
  };
}
