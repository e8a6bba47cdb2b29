#include "dynamodb/ops/read_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/expressions/legacy.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/projection_member.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

constexpr std::string_view kInvalidStart = "The provided starting key is invalid";

aws::Outcome<Item> ParseStartKey(Node key, ValueLayer layer) {
  auto item = ParseItem(key.raw(), layer);
  if (item.ok()) return item;
  aws::ApiError error = std::move(item).error();
  // The service puts these words in front of some texts only.
  for (const std::string_view bare :
       {"contains duplicates", "number set", "numeric value", "significant digits",
        "Number overflow", "Number underflow"}) {
    if (error.message.find(bare) != std::string::npos) return Fail(std::move(error));
  }
  if (error.type == "ValidationException")
    error.message.insert(0, fmt::format("{}: ", kInvalidStart));
  return Fail(std::move(error));
}

// Query puts "1 validation error detected: " in front, Scan does not.
aws::Outcome<Unit> CheckSelect(Node request, PageOperation operation) {
  const std::string_view envelope =
      operation == PageOperation::kQuery ? "1 validation error detected: " : "";
  const std::string_view select = request["Select"].text();
  const bool projects = static_cast<bool>(request["ProjectionExpression"]);
  if (select == "SPECIFIC_ATTRIBUTES" && !projects && !request["AttributesToGet"]) {
    return Fail(ValidationError(
        fmt::format("{}Must specify the AttributesToGet or ProjectionExpression when choosing to "
                    "get SPECIFIC_ATTRIBUTES",
                    envelope)));
  }
  if (!select.empty() && select != "SPECIFIC_ATTRIBUTES" &&
      (projects || request["AttributesToGet"])) {
    return Fail(
        ValidationError(fmt::format("{}Cannot specify the {} when choosing to get {}", envelope,
                                    projects ? "ProjectionExpression" : "AttributesToGet",
                                    select == "COUNT" ? "only the Count" : select)));
  }
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !request["IndexName"]) {
    return Fail(ValidationError(fmt::format(
        "{}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName", envelope)));
  }
  return Ok();
}

aws::Outcome<Unit> CheckSegments(Node request) {
  const Node segment = request["Segment"];
  const Node total = request["TotalSegments"];
  if (segment && !total) {
    return Fail(
        ValidationError("The TotalSegments parameter is required but was not present in the "
                        "request when Segment parameter is present"));
  }
  if (total && !segment) {
    return Fail(
        ValidationError("The Segment parameter is required but was not present in the request when "
                        "parameter TotalSegments is present"));
  }
  if (segment && segment.integer() >= total.integer()) {
    return Fail(ValidationError(fmt::format(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: {} is not less than TotalSegments: {}",
        segment.integer(), total.integer())));
  }
  return Ok();
}

// Scan reads values in the older of the service's two ways.
ValueLayer LayerOf(PageOperation operation) {
  return operation == PageOperation::kScan ? ValueLayer::kOlder : ValueLayer::kCurrent;
}

bool HasType(const KeyAttribute& attribute, const AttributeValue& value) {
  return TypeName(value.type()) == TypeName(attribute.type);
}

std::vector<KeyAttribute> AllAttributes(const KeySchema& schema) {
  std::vector<KeyAttribute> out = schema.partition;
  out.insert(out.end(), schema.sort.begin(), schema.sort.end());
  return out;
}

}  // namespace

aws::Outcome<PageRequest> ParsePageRequest(Engine& engine, Node request, PageOperation operation,
                                           Placeholders& placeholders) {
  PageRequest page;
  const Node filter = request["FilterExpression"];
  const Node legacy = request[operation == PageOperation::kQuery ? "QueryFilter" : "ScanFilter"];
  const Node names = request["AttributesToGet"];
  if (operation == PageOperation::kScan && names) {
    OFFSTAGE_TRY(page.projection, ProjectionOf(engine, request, placeholders));
  }
  // Query looks at the operator before the values, Scan behind them.
  if (operation == PageOperation::kQuery)
    OFFSTAGE_TRY_VOID(CheckConditionalOperator(request, legacy));
  const ValueLayer layer = LayerOf(operation);
  if (legacy && legacy.size() > 0) {
    const auto joined_by = request["ConditionalOperator"].text() == "OR"
                               ? ConditionalOperator::kOr
                               : ConditionalOperator::kAnd;
    OFFSTAGE_TRY(Condition condition, ConditionFromFilter(legacy.raw(), joined_by, layer));
    page.filter = std::move(condition);
  }
  if (operation == PageOperation::kScan)
    OFFSTAGE_TRY_VOID(CheckConditionalOperator(request, legacy));
  if (operation == PageOperation::kQuery && names) {
    OFFSTAGE_TRY(page.projection, ProjectionOf(engine, request, placeholders));
  }
  if (const Node start = request["ExclusiveStartKey"]) {
    OFFSTAGE_TRY(page.start, ParseStartKey(start, layer));
  }
  if (operation == PageOperation::kScan) OFFSTAGE_TRY_VOID(CheckSegments(request));
  OFFSTAGE_TRY_VOID(LoadPlaceholders(request, placeholders, layer));
  if (filter) {
    OFFSTAGE_TRY(Condition condition, Condition::Compile(filter.text(), Condition::Kind::kFilter,
                                                         placeholders, &engine.expressions()));
    page.filter = std::move(condition);
  }
  if (!page.projection) {
    OFFSTAGE_TRY(page.projection, ProjectionOf(engine, request, placeholders));
  }
  OFFSTAGE_TRY_VOID(CheckSelect(request, operation));
  page.limit = request["Limit"].integer();
  page.counts_only = request["Select"].text() == "COUNT";
  page.detail = CapacityDetailOf(request);
  page.consistent = ConsistentRead(request);
  return page;
}

namespace {

// A global index cannot answer what it does not hold; a local one reads it from the table.
aws::Outcome<Unit> CheckProjects(const Table& table, const Index& index,
                                 const Projection& projection) {
  const IndexDefinition& definition = index.definition;
  if (definition.projection == ProjectionType::kAll) return Ok();
  std::vector<std::string> held = KeyAttributeNames(table, &index);
  held.insert(held.end(), definition.non_key_attributes.begin(),
              definition.non_key_attributes.end());
  std::vector<std::string> missing;
  for (const std::string& name : projection.AttributeNames()) {
    if (std::find(held.begin(), held.end(), name) == held.end()) missing.push_back(name);
  }
  if (missing.empty()) return Ok();
  return Fail(InvalidParameter(fmt::format("Global secondary index {} does not project [{}]",
                                           definition.name, fmt::join(missing, ", "))));
}

}  // namespace

aws::Outcome<const Index*> IndexOf(const Table& table, Node request, PageRequest& page) {
  const Node name = request["IndexName"];
  const Index* none = nullptr;
  if (!name) return none;
  const Index* index = table.FindIndex(name.text());
  if (index == nullptr) {
    return Fail(ValidationError(
        fmt::format("The table does not have the specified index: {}", name.text())));
  }
  if (page.consistent && index->scope == IndexScope::kGlobal) {
    return Fail(ValidationError("Consistent reads are not supported on global secondary indexes"));
  }
  if (index->scope == IndexScope::kGlobal && page.projection) {
    OFFSTAGE_TRY_VOID(CheckProjects(table, *index, *page.projection));
  }
  return index;
}

aws::Outcome<Unit> CheckSelectOf(const Index* index, Node request, PageRequest& page) {
  if (index == nullptr || request["Select"].text() != "ALL_ATTRIBUTES") return Ok();
  if (index->definition.projection == ProjectionType::kAll) return Ok();
  page.all_attributes = true;
  if (index->scope == IndexScope::kLocal) return Ok();
  return Fail(InvalidParameter(fmt::format(
      "Select type ALL_ATTRIBUTES is not supported for global secondary index {} because its "
      "projection type is not ALL",
      index->definition.name)));
}

namespace {

constexpr std::string_view kDoesNotMatch = "The provided key element does not match the schema";

aws::Outcome<Unit> CheckStartPieces(const std::vector<KeyAttribute>& attributes,
                                    const Item& start) {
  for (const KeyAttribute& attribute : attributes) {
    const AttributeValue* value = start.Find(attribute.name);
    if (value == nullptr) return Fail(ValidationError(std::string(kInvalidStart)));
    if (!HasType(attribute, *value)) return Fail(ValidationError(std::string(kDoesNotMatch)));
  }
  return Ok();
}

aws::Outcome<Unit> CheckStartSize(const Table& table, const Index* index, const Item& start,
                                  PageOperation operation) {
  if (start.size() == KeyAttributeNames(table, index).size()) return Ok();
  if (operation == PageOperation::kQuery || index != nullptr)
    return Fail(ValidationError(std::string(kInvalidStart)));
  return Fail(ValidationError(fmt::format("{}: {}", kInvalidStart, kDoesNotMatch)));
}

}  // namespace

aws::Outcome<Unit> CheckStartPartition(const Table& table, const Index* index, const Item& start) {
  OFFSTAGE_TRY_VOID(CheckStartSize(table, index, start, PageOperation::kQuery));
  const KeySchema& schema = index != nullptr ? index->definition.key : table.definition.key;
  return CheckStartPieces(schema.partition, start);
}

aws::Outcome<Unit> CheckStartKey(const Table& table, const Index* index, const Item& start,
                                 PageOperation operation) {
  OFFSTAGE_TRY_VOID(CheckStartSize(table, index, start, operation));
  if (index != nullptr)
    OFFSTAGE_TRY_VOID(CheckStartPieces(AllAttributes(index->definition.key), start));
  const std::vector<KeyAttribute> keys = AllAttributes(table.definition.key);
  if (index == nullptr && operation == PageOperation::kQuery)
    OFFSTAGE_TRY_VOID(CheckStartPieces(keys, start));
  for (const KeyAttribute& attribute : keys) {
    const AttributeValue* value = start.Find(attribute.name);
    if (value != nullptr && HasType(attribute, *value)) continue;
    return Fail(ValidationError(fmt::format("{}: {}", kInvalidStart, kDoesNotMatch)));
  }
  for (const Attribute& attribute : start) {
    if (attribute.value.is_number() || !attribute.value.text().empty()) continue;
    return Fail(ValidationError(fmt::format(
        "{}: One or more parameter values are not valid. The AttributeValue for a key attribute "
        "cannot "
        "contain an empty {} value. Key: {}",
        kInvalidStart, attribute.value.is_string() ? "string" : "binary", attribute.name)));
  }
  return Ok();
}

aws::Outcome<Unit> CheckScalarKeys(const Table& table, const PageRequest& page) {
  if (page.projection)
    OFFSTAGE_TRY_VOID(CheckScalarKeys(table, page.projection->NestedAttributeNames()));
  if (!page.filter) return Ok();
  return CheckScalarKeys(table, page.filter->NestedAttributeNames());
}

aws::Outcome<Unit> CheckFilterAttributes(const KeySchema& schema, const PageRequest& page,
                                         Node request) {
  if (!page.filter) return Ok();
  for (const std::string& name : page.filter->AttributeNames()) {
    for (const KeyAttribute& attribute : AllAttributes(schema)) {
      if (attribute.name != name) continue;
      return Fail(ValidationError(
          fmt::format("{} can only contain non-primary key attributes: Primary key attribute: {}",
                      request["FilterExpression"] ? "Filter Expression" : "QueryFilter", name)));
    }
  }
  return Ok();
}

namespace {

class PageReader {
 public:
  PageReader(const Table& table, const Index* index, const PageRequest& page)
      : table_(table), index_(index), page_(page) {
    projects_index_ = index != nullptr && index->definition.projection != ProjectionType::kAll;
    weighs_more_ = projects_index_ && page.projection && index->scope == IndexScope::kLocal;
  }

  aws::Outcome<std::string> Read(Cursor& cursor) {
    while (true) {
      OFFSTAGE_TRY_INTERNAL(const bool more, cursor.Next());
      if (!more) break;
      Take(cursor);
      if (page_.single_row) break;
      if ((page_.limit > 0 && scanned_ >= page_.limit) || bytes_ >= kMaxPageBytes) {
        last_key_ = AttributesOfStored(cursor.text(), KeyAttributeNames(table_, index_));
        break;
      }
    }
    return Reply();
  }

 private:
  void Take(const Cursor& cursor) {
    ++scanned_;
    if (!projects_index_ && !page_.filter && !page_.projection) {
      bytes_ += static_cast<std::size_t>(cursor.size());
      ++count_;
      if (!page_.counts_only) AddItem(cursor.text());
      return;
    }
    if (!projects_index_ && page_.counts_only && !page_.filter) {
      bytes_ += static_cast<std::size_t>(cursor.size());
      ++count_;
      return;
    }
    const Item whole = ParseStoredItem(cursor.text());
    Item entry = projects_index_ ? Projected(table_, *index_, whole) : Item();
    const Item& seen = projects_index_ ? entry : whole;
    bytes_ += projects_index_ ? SizeOf(entry) : static_cast<std::size_t>(cursor.size());
    // Reaching back into the table costs a read of the whole item each.
    const bool reaches_back =
        projects_index_ && index_->scope == IndexScope::kLocal && NeedsWhole(seen, whole);
    if (reaches_back) fetched_units_ += ReadUnits(static_cast<std::size_t>(cursor.size()), Kind());
    const Item& subject = reaches_back ? whole : seen;
    if (page_.filter && !page_.filter->Matches(subject)) return;
    ++count_;
    if (page_.counts_only) return;
    AddItem(ToJsonText(page_.projection ? page_.projection->Apply(subject) : subject));
  }

  bool NeedsWhole(const Item& seen, const Item& whole) const {
    if (page_.all_attributes) return true;
    if (!weighs_more_) return false;
    for (const std::string& name : page_.projection->AttributeNames()) {
      if (!seen.Contains(name) && whole.Contains(name)) return true;
    }
    return false;
  }

  void AddItem(std::string_view text) {
    items_ += items_.empty() ? "" : ",";
    items_ += text;
  }

  ReadKind Kind() const { return page_.consistent ? ReadKind::kStrong : ReadKind::kEventual; }

  std::string Reply() const {
    std::string reply;
    reply.reserve(items_.size() + last_key_.size() + 256);
    reply = fmt::format("{{\"Count\":{}", count_);
    if (!page_.counts_only) {
      reply += ",\"Items\":[";
      reply += items_;
      reply += ']';
    }
    if (!last_key_.empty()) AppendMember("LastEvaluatedKey", last_key_, reply);
    reply += fmt::format(",\"ScannedCount\":{}", scanned_);
    if (page_.detail != CapacityDetail::kNone) AppendCapacity(table_, Used(), page_.detail, reply);
    return reply + "}";
  }

  ConsumedCapacity Used() const {
    ConsumedCapacity used;
    const double units = ReadUnits(bytes_, Kind());
    if (index_ == nullptr) {
      used.table_units = units;
    } else {
      used.table_units = fetched_units_;
      used.indexes.push_back({index_, units});
    }
    return used;
  }

  const Table& table_;
  const Index* index_;
  const PageRequest& page_;
  bool projects_index_ = false;
  bool weighs_more_ = false;
  std::int64_t scanned_ = 0;
  std::int64_t count_ = 0;
  std::size_t bytes_ = 0;
  double fetched_units_ = 0;
  std::string items_;
  std::string last_key_;
};

}  // namespace

aws::Outcome<std::string> ReadPage(const Table& table, const Index* index, const PageRequest& page,
                                   Cursor cursor) {
  return PageReader(table, index, page).Read(cursor);
}

}  // namespace offstage::dynamodb
