/** What a pipeline is called in the zip of a function: `SLUICE_PIPELINE_FILE` says so there. */
export const packagedFile = "pipeline.alloy";
