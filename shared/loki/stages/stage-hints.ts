/** What to do instead of Alloy's stages that are not here, by the names of their blocks. */
export const stageHints = {
  "stage.geoip": "stage.geoip is not available here: look addresses up where the logs are read",
  "stage.windowsevent": "stage.windowsevent is not available here: Sluice does not run on Windows",
  "stage.eventlogmessage": "stage.eventlogmessage is not available here: Sluice does not run on Windows",
} as const;
