/**
 * A subscription filter for each of LogGroups. CloudFormation has no loop: there are twenty places, and a condition says of each whether
 * it is used. The names stay a parameter, so that the template without `sls` does the same.
 */
const places = Array.from({ length: 20 }, (_, place) => place);

module.exports = () => ({
  Conditions: Object.fromEntries(
    places.map((place) => [
      `HasLogGroup${place + 1}`,
      {
        "Fn::And": [
          { Condition: "HasLogGroups" },
          { "Fn::Not": [{ Condition: "HasAllLogGroups" }] },
          { "Fn::Not": [{ "Fn::Equals": [item(place), ""] }] },
        ],
      },
    ]),
  ),
  Resources: Object.fromEntries(
    places.map((place) => [
      `LogsSubscription${place + 1}`,
      {
        Type: "AWS::Logs::SubscriptionFilter",
        Condition: `HasLogGroup${place + 1}`,
        // CloudWatch Logs tries the function as the filter is made.
        DependsOn: "LogsPermission",
        Properties: {
          LogGroupName: item(place),
          FilterName: { "Fn::Join": ["", ["sluice-", { Ref: "Stage" }]] },
          FilterPattern: { Ref: "LogFilterPattern" },
          DestinationArn: { "Fn::GetAtt": ["LogsLambdaFunction", "Arn"] },
        },
      },
    ]),
  ),
});

/** The list's item, empty behind its end. */
function item(place) {
  const padded = { "Fn::Join": ["", [{ Ref: "LogGroups" }, ",".repeat(places.length)]] };
  return { "Fn::Select": [place, { "Fn::Split": [",", padded] }] };
}
