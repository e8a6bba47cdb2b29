// PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
// Policies of tables are kept and shown, not enforced: there is one account here. Those of streams
// are refused by name.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "dynamodb/errors.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kMaxPolicyBytes = 20 * 1024;  // AWS "Resource-based policy size"
// An expected revision that means: none yet.
constexpr std::string_view kNoPolicy = "NO_POLICY";

ShapeMember ResourceArn() {
  return {"ResourceArn", shape::String({.min = 1, .max = 1283}), Presence::kRequired};
}
ShapeMember ExpectedRevision() {
  return {"ExpectedRevisionId", shape::String({.min = 1, .max = 255})};
}

}  // namespace

const Shape& PutResourcePolicyShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("PutResourcePolicyInput", {ResourceArn(),
                                           {"Policy", String(), Presence::kRequired},
                                           ExpectedRevision(),
                                           {"ConfirmRemoveSelfResourceAccess", Boolean()}});
  return shape;
}

const Shape& GetResourcePolicyShape() {
  static const Shape shape = shape::Structure("GetResourcePolicyInput", {ResourceArn()});
  return shape;
}

const Shape& DeleteResourcePolicyShape() {
  static const Shape shape =
      shape::Structure("DeleteResourcePolicyInput", {ResourceArn(), ExpectedRevision()});
  return shape;
}

namespace {

aws::Outcome<TablePtr> ResourceOf(const Engine& engine, std::string_view arn) {
  if (arn.find("/stream/") != std::string_view::npos) {
    return Fail(ValidationError("offstage does not emulate resource policies of streams"));
  }
  if (!arn.starts_with("arn:aws:dynamodb:") || arn.find(":table/") == std::string_view::npos) {
    return Fail(ValidationError(
        fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn)));
  }
  TablePtr table = engine.FindTable(arn).ok() ? engine.FindTable(arn).value() : nullptr;
  if (table != nullptr && table->arn == arn) return table;
  return Fail(TableNotFound(TableNameOf(arn)));
}

aws::ApiError PolicyNotFound(std::string_view arn) {
  return {.type = "PolicyNotFoundException",
          .message =
              fmt::format("Resource-based policy not found for the provided ResourceArn: {}", arn)};
}

aws::Outcome<Unit> CheckRevision(const Table& table, Node expected, std::string_view arn) {
  if (!expected) return Ok();
  const bool fits = expected.text() == kNoPolicy
                        ? table.resource_policy.empty()
                        : expected.text() == table.resource_policy_revision;
  if (fits) return Ok();
  if (table.resource_policy.empty()) return Fail(PolicyNotFound(arn));
  const std::string& name = table.definition.name;
  // The text of a missing policy, with what is wrong in the ARN's place.
  if (expected.text() == kNoPolicy) {
    return Fail(PolicyNotFound(
        fmt::format("Requested policy update expecting none to be present for table {}, but a "
                    "policy exists with revision id {}.",
                    name, table.resource_policy_revision)));
  }
  return Fail(PolicyNotFound(
      fmt::format("Requested update for policy with revision id {}, but the policy associated to "
                  "target table {} has revision id {}.",
                  expected.text(), name, table.resource_policy_revision)));
}

// 13 digits, each revision's larger than the one before.
std::string NextRevision(const Engine& engine, const std::string& before) {
  const std::int64_t now = engine.NowMillis();
  const std::int64_t last = before.empty() ? 0 : std::stoll(before);
  return std::to_string(std::max(now, last + 1));
}

aws::Outcome<Unit> CheckPolicy(std::string_view policy) {
  if (policy.size() > kMaxPolicyBytes) {
    return Fail(ValidationError(fmt::format(
        "The resource-based policy is larger than the maximum of {} bytes", kMaxPolicyBytes)));
  }
  const auto json = ParseJson(policy);
  if (json.ok() && json->is_object() && json->contains("Statement")) return Ok();
  return Fail(ValidationError("Invalid policy document"));
}

}  // namespace

aws::Outcome<std::string> PutResourcePolicy(Engine& engine, Node request) {
  const std::string_view arn = request["ResourceArn"].text();
  const std::string_view policy = request["Policy"].text();
  OFFSTAGE_TRY_VOID(CheckPolicy(policy));
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr before, ResourceOf(engine, arn));
  OFFSTAGE_TRY_VOID(CheckRevision(*before, request["ExpectedRevisionId"], arn));
  // The same policy again is the same revision.
  if (before->resource_policy == policy)
    return DumpJson(Json{{"RevisionId", before->resource_policy_revision}});
  Table table = *before;
  table.resource_policy = policy;
  table.resource_policy_revision = NextRevision(engine, before->resource_policy_revision);
  OFFSTAGE_TRY_INTERNAL(const TablePtr after, engine.store().UpdateTable(std::move(table), {}));
  return DumpJson(Json{{"RevisionId", after->resource_policy_revision}});
}

aws::Outcome<std::string> GetResourcePolicy(Engine& engine, Node request) {
  const std::string_view arn = request["ResourceArn"].text();
  OFFSTAGE_TRY(const TablePtr table, ResourceOf(engine, arn));
  if (table->resource_policy.empty()) return Fail(PolicyNotFound(arn));
  return DumpJson(
      Json{{"Policy", table->resource_policy}, {"RevisionId", table->resource_policy_revision}});
}

aws::Outcome<std::string> DeleteResourcePolicy(Engine& engine, Node request) {
  const std::string_view arn = request["ResourceArn"].text();
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr before, ResourceOf(engine, arn));
  OFFSTAGE_TRY_VOID(CheckRevision(*before, request["ExpectedRevisionId"], arn));
  if (before->resource_policy.empty()) return std::string("{}");
  const std::string revision = before->resource_policy_revision;
  Table table = *before;
  table.resource_policy.clear();
  table.resource_policy_revision.clear();
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const TablePtr after,
                        engine.store().UpdateTable(std::move(table), {}));
  return DumpJson(Json{{"RevisionId", revision}});
}

}  // namespace offstage::dynamodb
