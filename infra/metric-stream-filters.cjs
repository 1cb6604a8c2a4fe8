// The namespaces of a metric stream: CloudFormation has no loop, so there are ten places; those without a name are left out.
const places = Array.from({ length: 10 }, (_, place) => place);

const item = (place) => ({
  "Fn::Select": [
    place,
    { "Fn::Split": [",", { "Fn::Join": ["", [{ Ref: "MetricStreamNamespaces" }, ",,,,,,,,,,"]] }] },
  ],
});

const condition = (place) => `HasMetricNamespace${place + 1}`;

module.exports = {
  conditions: Object.fromEntries(
    places.map((place) => [condition(place), { "Fn::Not": [{ "Fn::Equals": [item(place), ""] }] }]),
  ),
  filters: places.map((place) => ({
    "Fn::If": [condition(place), { Namespace: item(place) }, { Ref: "AWS::NoValue" }],
  })),
};
