// TagResource, UntagResource, ListTagsOfResource:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html and its neighbours.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

namespace {

Shape ResourceArn() {
  return shape::String({.min = 1, .max = 1283});
}

aws::Outcome<Unit> CheckArn(std::string_view arn) {
  if (arn.find("/index/") != std::string_view::npos) {
    return Fail(
        InvalidParameter(fmt::format("Invalid resource arn provided, only table or stream is "
                                     "accepted. Provided resource arn: {}",
                                     arn)));
  }
  // What has the parts of an ARN is read as one, and found wanting below.
  if (!arn.starts_with("arn:") && std::ranges::count(arn, ':') < 5)
    return Fail(ValidationError("ARNs must start with 'arn:'"));
  if (arn.starts_with("arn:aws:dynamodb:") && arn.find(":table/") != std::string_view::npos &&
      TableNameOf(arn).size() >= 3)
    return Ok();
  return Fail(ValidationError(
      fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn)));
}

// Null: there is none.
TablePtr Tagged(Engine& engine, std::string_view arn) {
  TablePtr table = engine.store().FindTable(TableNameOf(arn));
  if (table != nullptr && table->arn != arn) return nullptr;
  return table;
}

aws::Outcome<std::string> SaveTags(Engine& engine, const Table& before,
                                   std::map<std::string, std::string> tags) {
  Table table = before;
  table.definition.tags = std::move(tags);
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const TablePtr after,
                        engine.store().UpdateTable(std::move(table), {}));
  // The service's reply has no body at all.
  return std::string();
}

}  // namespace

const Shape& TagResourceShape() {
  static const Shape shape =
      shape::Structure("TagResourceInput", {{"ResourceArn", ResourceArn(), Presence::kRequired},
                                            {"Tags", shape::Tags(), Presence::kRequired}});
  return shape;
}

const Shape& UntagResourceShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("UntagResourceInput",
                {{"ResourceArn", ResourceArn(), Presence::kRequired},
                 {"TagKeys", List(String({.min = 1, .max = 128})), Presence::kRequired}});
  return shape;
}

const Shape& ListTagsOfResourceShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("ListTagsOfResourceInput",
                {{"ResourceArn", ResourceArn(), Presence::kRequired}, {"NextToken", String()}});
  return shape;
}

aws::Outcome<std::string> TagResource(Engine& engine, Node request) {
  const Node tags = request["Tags"];
  OFFSTAGE_TRY_VOID(CheckArn(request["ResourceArn"].text()));
  if (tags.size() == 0)
    return Fail(ValidationError("Atleast one Tag needs to be provided as Input."));
  OFFSTAGE_TRY_VOID(CheckTagCharacters(tags));
  std::set<std::string_view> keys;
  for (const Node tag : tags.elements()) {
    if (!keys.insert(tag["Key"].text()).second) {
      return Fail(
          ValidationError(fmt::format("Duplicate Tag Key provided: {}", tag["Key"].text())));
    }
  }
  const auto lock = engine.store().LockCatalogue();
  const TablePtr table = Tagged(engine, request["ResourceArn"].text());
  if (table == nullptr) {
    return Fail(ResourceNotFound(fmt::format(
        "Requested resource not found: ResourcArn: {} not found", request["ResourceArn"].text())));
  }
  std::map<std::string, std::string> merged = table->definition.tags;
  for (auto& [key, value] : ParseTags(tags))
    merged[key] = value;
  if (merged.size() > kMaxTags) {
    return Fail(ValidationError(
        fmt::format("Too many tags added to resource: {}", request["ResourceArn"].text())));
  }
  return SaveTags(engine, *table, std::move(merged));
}

aws::Outcome<std::string> UntagResource(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckArn(request["ResourceArn"].text()));
  if (request["TagKeys"].size() == 0) {
    return Fail(ValidationError("Atleast one Tag Key needs to be provided as Input."));
  }
  const auto lock = engine.store().LockCatalogue();
  const TablePtr table = Tagged(engine, request["ResourceArn"].text());
  if (table == nullptr) return Fail(ResourceNotFound());
  std::map<std::string, std::string> tags = table->definition.tags;
  for (const Node key : request["TagKeys"].elements())
    tags.erase(std::string(key.text()));
  return SaveTags(engine, *table, std::move(tags));
}

aws::Outcome<std::string> ListTagsOfResource(Engine& engine, Node request) {
  const std::string_view arn = request["ResourceArn"].text();
  OFFSTAGE_TRY_VOID(CheckArn(arn));
  const TablePtr table = Tagged(engine, arn);
  if (table == nullptr) {
    // The service does not tell missing resources from forbidden ones here.
    aws::ApiError error;
    error.type = "AccessDeniedException";
    error.message = fmt::format(
        "User: arn:aws:iam::{}:root is not authorized to perform: dynamodb:ListTagsOfResource "
        "on resource: {}",
        engine.options().account_id, arn);
    return Fail(std::move(error));
  }
  Json tags = Json::array();
  for (const auto& [key, value] : table->definition.tags)
    tags.push_back({{"Key", key}, {"Value", value}});
  return DumpJson(Json{{"Tags", std::move(tags)}});
}

}  // namespace offstage::dynamodb
