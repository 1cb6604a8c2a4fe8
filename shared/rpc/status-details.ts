/** Type URLs of the details that OTLP names (googleapis google/rpc/error_details.proto). */
export const retryInfoType = "type.googleapis.com/google.rpc.RetryInfo";
export const badRequestType = "type.googleapis.com/google.rpc.BadRequest";
