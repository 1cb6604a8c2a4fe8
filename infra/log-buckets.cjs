// The buckets whose objects are read: CloudFormation has no loop, so there are ten places; those without a name are left out.
const places = Array.from({ length: 10 }, (_, place) => place);

const name = (place) => ({
  "Fn::Select": [place, { "Fn::Split": [",", { "Fn::Join": ["", [{ Ref: "LogBuckets" }, ",,,,,,,,,,"]] }] }],
});

const condition = (place) => `HasLogBucket${place + 1}`;

const each = (make) =>
  places.map((place) => ({ "Fn::If": [condition(place), make(name(place)), { Ref: "AWS::NoValue" }] }));

const arn = (bucket, rest = "") => ({ "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::", bucket, rest]] });

module.exports = {
  conditions: Object.fromEntries(
    places.map((place) => [condition(place), { "Fn::Not": [{ "Fn::Equals": [name(place), ""] }] }]),
  ),
  names: each((bucket) => bucket),
  arns: each((bucket) => arn(bucket)),
  objects: each((bucket) => arn(bucket, "/*")),
};
