// UpdateTimeToLive:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
// DescribeTimeToLive:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html Changes take
// effect at once: no hour of ENABLING and DISABLING.
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& UpdateTimeToLiveShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("UpdateTimeToLiveInput",
                {{"TableName", TableName(), Presence::kRequired},
                 {"TimeToLiveSpecification",
                  Structure("TimeToLiveSpecification",
                            {{"AttributeName", String({.min = 1, .max = 255}), Presence::kRequired},
                             {"Enabled", Boolean(), Presence::kRequired}}),
                  Presence::kRequired}});
  return shape;
}

const Shape& DescribeTimeToLiveShape() {
  static const Shape shape = shape::Structure(
      "DescribeTimeToLiveInput", {{"TableName", shape::TableName(), Presence::kRequired}});
  return shape;
}

aws::Outcome<std::string> UpdateTimeToLive(Engine& engine, Node request) {
  const Node specification = request["TimeToLiveSpecification"];
  const std::string_view attribute = specification["AttributeName"].text();
  const bool enable = specification["Enabled"].is_true();
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr before, engine.DescribedTable(request["TableName"].text()));
  const std::string& now = before->definition.time_to_live_attribute;
  if (enable && now == attribute) return Fail(ValidationError("TimeToLive is already enabled"));
  if (!enable && now.empty()) return Fail(ValidationError("TimeToLive is already disabled"));
  if (!now.empty() && now != attribute) {
    return Fail(ValidationError(fmt::format(
        "TimeToLive is active on a different AttributeName: current AttributeName is {}", now)));
  }
  Table table = *before;
  table.definition.time_to_live_attribute = enable ? attribute : std::string_view();
  table.time_to_live_changed_ms = engine.NowMillis();
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const TablePtr after,
                        engine.store().UpdateTable(std::move(table), {}));
  return DumpJson(
      Json{{"TimeToLiveSpecification", {{"AttributeName", attribute}, {"Enabled", enable}}}});
}

aws::Outcome<std::string> DescribeTimeToLive(Engine& engine, Node request) {
  OFFSTAGE_TRY(const TablePtr table, engine.DescribedTable(request["TableName"].text()));
  const std::string& attribute = table->definition.time_to_live_attribute;
  Json description = {{"TimeToLiveStatus", attribute.empty() ? "DISABLED" : "ENABLED"}};
  if (!attribute.empty()) description["AttributeName"] = attribute;
  return DumpJson(Json{{"TimeToLiveDescription", std::move(description)}});
}

}  // namespace offstage::dynamodb
