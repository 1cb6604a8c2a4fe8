/** Stands for a variable that is not set on this machine and will be in AWS: a URL, so that addresses can be checked. */
export const unset = "https://unset.invalid";
