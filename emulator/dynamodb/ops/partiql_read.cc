// SELECT: docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
// A WHERE clause that pins the partition key makes it a Query of each value, any other a Scan.
#include "dynamodb/ops/partiql_read.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/read_page.h"
#include "dynamodb/ops/read_position.h"
#include "dynamodb/partiql/where.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

using partiql::Expression;

// What is wrong with it needs no table to be seen.
aws::Outcome<std::optional<Condition>> ConditionOf(const PartiqlStatement& statement) {
  std::optional<Condition> out;
  const auto& where = statement.statement.select.where;
  if (where) {
    OFFSTAGE_TRY(out, partiql::CompileWhere(*where, statement.parameters));
  }
  return out;
}

aws::Outcome<Unit> CheckProjection(const std::vector<Expression>& projection) {
  for (const Expression& item : projection) {
    if (item.kind == Expression::Kind::kPath) continue;
    return Fail(ValidationError(
        fmt::format("Unexpected path component at {}", partiql::ToText(item.position))));
  }
  return Ok();
}

aws::Outcome<const Index*> FindIndex(const Table& table, const std::string& name) {
  const Index* index = nullptr;
  if (name.empty()) return index;
  index = table.FindIndex(name);
  if (index == nullptr) return Fail(ValidationError("The table does not have the specified index"));
  const KeySchema& key = index->definition.key;
  if (key.partition.size() > 1 || key.sort.size() > 1) {
    return Fail(
        ValidationError("PartiQL statements cannot be executed on tables with multi-attribute HASH "
                        "keys or multi-attribute RANGE keys."));
  }
  return index;
}

bool Projects(const Table& table, const Index& index, const std::string& attribute) {
  if (index.definition.projection == ProjectionType::kAll) return true;
  const std::vector<std::string> keys = KeyAttributeNames(table, &index);
  if (std::find(keys.begin(), keys.end(), attribute) != keys.end()) return true;
  const auto& more = index.definition.non_key_attributes;
  return index.definition.projection == ProjectionType::kInclude &&
         std::find(more.begin(), more.end(), attribute) != more.end();
}

std::vector<std::string> NotProjected(const Table& table, const Index& index,
                                      const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    if (!Projects(table, index, name)) out.push_back(name);
  }
  return out;
}

std::vector<std::string> AttributesOf(const std::vector<Expression>& projection) {
  std::vector<std::string> names;
  for (const Expression& item : projection)
    names.push_back(item.parts[0].text);
  return names;
}

// One attribute of the reply: a path is called by its last name and the indexes behind it.
std::string NameOf(const Expression& path) {
  std::size_t last = path.parts.size() - 1;
  while (path.parts[last].kind == Expression::Kind::kNumber)
    --last;
  std::string name = path.parts[last].text;
  for (std::size_t i = last + 1; i < path.parts.size(); ++i)
    name += fmt::format("[{}]", path.parts[i].index);
  return name;
}

std::string Project(const std::vector<Expression>& projection, const Item& item) {
  Item out;
  for (const Expression& path : projection) {
    if (const AttributeValue* value = Resolve(partiql::ToPath(path), item))
      out.Set(NameOf(path), *value);
  }
  return ToJsonText(out);
}

// Where a page stopped: the partition, counted in the order of the walk, and the last key.
struct Position {
  std::size_t partition = 0;
  std::optional<Item> key;
};

std::uint64_t Fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

class Walk {
 public:
  Walk(Engine& engine, const PartiqlStatement& statement, const SelectOptions& options)
      : engine_(engine), statement_(statement), options_(options) {}

  aws::Outcome<SelectPage> Run() {
    OFFSTAGE_TRY(condition_, ConditionOf(statement_));
    OFFSTAGE_TRY(page_.table, engine_.FindTable(select().from.table));
    OFFSTAGE_TRY(index_, FindIndex(table(), select().from.index));
    OFFSTAGE_TRY_VOID(CheckProjection(select().projection));
    OFFSTAGE_TRY_VOID(CheckIndex());
    OFFSTAGE_TRY_VOID(PlanOrder());
    if (select().where &&
        partiql::HasOverlappingBranches(*select().where, schema(), statement_.parameters)) {
      return Fail(ValidationError(
          "Overlapping conditions with range keys are not supported in where clause"));
    }
    OFFSTAGE_TRY(position_, ReadToken());
    OFFSTAGE_TRY_INTERNAL(
        Store::Reader reader,
        engine_.store().Read(options_.consistent ? Consistency::kStrong : Consistency::kEventual));
    if (partitions_.empty()) {
      OFFSTAGE_TRY_VOID(ScanAll(*reader));
    } else {
      OFFSTAGE_TRY_VOID(QueryAll(*reader));
    }
    Finish();
    return std::move(page_);
  }

 private:
  const partiql::SelectStatement& select() const { return statement_.statement.select; }
  const Table& table() const { return *page_.table; }
  const KeySchema& schema() const {
    return index_ != nullptr ? index_->definition.key : table().definition.key;
  }
  const std::string& partition_key() const { return schema().partition[0].name; }

  // What a global index does not have cannot be read through it.
  aws::Outcome<Unit> CheckIndex() {
    if (index_ == nullptr) return Ok();
    const bool global = index_->scope == IndexScope::kGlobal;
    const std::string& name = index_->definition.name;
    if (options_.consistent && global) {
      return Fail(
          ValidationError("Strongly consistent read is not supported on Global Secondary Indexes"));
    }
    const auto missing = NotProjected(table(), *index_, AttributesOf(select().projection));
    if (global && !missing.empty()) {
      return Fail(InvalidParameter(fmt::format("Global secondary index {} does not project [{}]",
                                               name, Join(missing, ", "))));
    }
    reaches_back_ = !global && !missing.empty();
    if (!select().where || partiql::Disjuncts(*select().where).size() > 1) return Ok();
    if (partiql::PinnedValues(*select().where, partition_key(), statement_.parameters).empty())
      return Ok();
    const auto unseen = NotProjected(table(), *index_, partiql::AttributesIn(*select().where));
    if (unseen.empty()) return Ok();
    return Fail(InvalidParameter(
        fmt::format("Secondary index {} does not project one or more filter attributes: [{}]", name,
                    Join(unseen, ", "))));
  }

  // The partitions to walk through, in order, and the direction within them.
  aws::Outcome<Unit> PlanOrder() {
    if (select().where) {
      partitions_ = partiql::PinnedValues(*select().where, partition_key(), statement_.parameters);
    }
    if (select().order.empty()) return Ok();
    if (!select().where) {
      return Fail(
          ValidationError("Must have WHERE clause in the statement when using ORDER BY clause."));
    }
    std::optional<bool> partition_descends;
    std::optional<bool> sort_descends;
    for (const partiql::OrderTerm& term : select().order) {
      if (partiql::IsAttribute(term.key, partition_key())) {
        partition_descends = term.descending;
      } else if (!schema().sort.empty() && partiql::IsAttribute(term.key, schema().sort[0].name)) {
        sort_descends = term.descending;
      } else {
        const bool path = term.key.kind == Expression::Kind::kPath;
        return Fail(ValidationError(
            fmt::format("Attribute {} in ORDER BY clause must be part of the primary key",
                        path ? term.key.parts[0].text : term.key.text)));
      }
    }
    if (partitions_.empty()) {
      return Fail(
          ValidationError("Must have at least one non-optional hash key condition in WHERE clause "
                          "when using ORDER BY clause."));
    }
    if (partitions_.size() > 1 && !partition_descends) {
      return Fail(
          ValidationError("Must have hash key in ORDER BY clause when more than one hash key "
                          "condition specified in WHERE clause."));
    }
    if (partition_descends) SortPartitions(*partition_descends);
    // The service sorts downwards when only the partition key is named.
    if (sort_descends.value_or(true)) direction_ = Direction::kBackward;
    return Ok();
  }

  void SortPartitions(bool descending) {
    const auto comparable = [this](const AttributeValue& value) {
      return value.is_scalar_key() && value.type() == partitions_[0].type();
    };
    if (!std::all_of(partitions_.begin(), partitions_.end(), comparable)) return;
    std::stable_sort(partitions_.begin(), partitions_.end(),
                     [descending](const AttributeValue& a, const AttributeValue& b) {
                       const int order = CompareScalars(a, b);
                       return descending ? order > 0 : order < 0;
                     });
  }

  // Binds a token to the statement that it was made for.
  std::uint64_t Identity() const {
    std::string text = std::to_string(table().id);
    if (index_ != nullptr) text += fmt::format("/{}", index_->id);
    if (select().where) AppendTree(*select().where, text);
    for (const AttributeValue& parameter : statement_.parameters)
      AppendJson(parameter, text);
    text += direction_ == Direction::kBackward ? 'D' : 'A';
    return Fingerprint(text);
  }

  static void AppendTree(const Expression& expression, std::string& out) {
    out += fmt::format("({}:{}", static_cast<int>(expression.kind), expression.text);
    for (const Expression& part : expression.parts)
      AppendTree(part, out);
    out += ')';
  }

  aws::Outcome<Position> ReadToken() const {
    Position position;
    if (options_.next_token.empty()) return position;
    const auto invalid = [] { return Fail(ValidationError("Invalid NextToken")); };
    const auto text = Base64Decode(options_.next_token);
    if (!text) return invalid();
    const auto json = ParseJson(*text);
    if (!json.ok() || !json->is_object() || !json->contains("k") || !json->contains("p") ||
        !json->contains("f") || !(*json)["p"].is_number_unsigned()) {
      return invalid();
    }
    if ((*json)["f"] != std::to_string(Identity()))
      return Fail(ValidationError("NextToken does not match request"));
    auto key = ItemFromJson((*json)["k"]);
    position.partition = (*json)["p"].get<std::size_t>();
    if (!key.ok() || !CheckStartKey(table(), index_, *key, PageOperation::kQuery).ok() ||
        (position.partition != 0 && position.partition >= partitions_.size())) {
      return invalid();
    }
    position.key = std::move(key).value();
    return position;
  }

  aws::Outcome<Unit> ScanAll(ReadSession& session) {
    ScanRange range;
    if (position_.key) {
      OFFSTAGE_TRY_VOID(StartScanBehind(session, table(), index_, *position_.key, {}, range));
    }
    OFFSTAGE_TRY_INTERNAL(Cursor cursor, session.Scan(table(), index_, range));
    return Take(cursor, 0);
  }

  aws::Outcome<Unit> QueryAll(ReadSession& session) {
    for (std::size_t i = position_.partition; i < partitions_.size() && !stopped_; ++i) {
      OFFSTAGE_TRY(QueryRange range, RangeOfPartition(i));
      if (i == position_.partition && position_.key) {
        OFFSTAGE_TRY_VOID(StartQueryBehind(session, table(), index_, *position_.key, range));
      }
      if (index_ == nullptr && schema().sort.empty()) {
        OFFSTAGE_TRY(const ScanRange row, SingleRow(session, table(), std::move(range)));
        OFFSTAGE_TRY_INTERNAL(Cursor cursor, session.Scan(table(), nullptr, row));
        OFFSTAGE_TRY_VOID(Take(cursor, i));
        continue;
      }
      OFFSTAGE_TRY_INTERNAL(Cursor cursor, session.Query(table(), index_, range));
      OFFSTAGE_TRY_VOID(Take(cursor, i));
    }
    return Ok();
  }

  // The part of a partition that the clause can match: cut by its first condition on the sort key,
  // if all of it is joined by AND.
  aws::Outcome<QueryRange> RangeOfPartition(std::size_t which) const {
    KeyCondition keys;
    keys.terms.push_back({.attribute = partition_key(),
                          .op = KeyOperator::kEqual,
                          .value = partitions_[which],
                          .upper = {}});
    if (!schema().sort.empty()) {
      for (const Expression* part : partiql::Conjuncts(*select().where)) {
        auto term = partiql::AsKeyTerm(*part, schema().sort[0].name, statement_.parameters);
        if (!term) continue;
        keys.terms.push_back(*std::move(term));
        break;
      }
    }
    OFFSTAGE_TRY(const KeyRange range, keys.RangeFor(schema()));
    QueryRange out = RangeOf(schema(), range);
    out.direction = direction_;
    return out;
  }

  aws::Outcome<Unit> Take(Cursor& cursor, std::size_t partition) {
    while (true) {
      OFFSTAGE_TRY_INTERNAL(const bool more, cursor.Next());
      if (!more) return Ok();
      TakeItem(cursor);
      if ((options_.limit > 0 && looked_at_ >= options_.limit) || bytes_ >= kMaxPageBytes) {
        page_.last_key = AttributesOfStored(cursor.text(), KeyAttributeNames(table(), index_));
        stopped_at_ = partition;
        stopped_ = true;
        return Ok();
      }
    }
  }

  void TakeItem(const Cursor& cursor) {
    ++looked_at_;
    const bool cut = index_ != nullptr && index_->definition.projection != ProjectionType::kAll;
    const auto whole_size = static_cast<std::size_t>(cursor.size());
    if (!cut && !condition_ && select().projection.empty()) {
      bytes_ += whole_size;
      page_.items.emplace_back(cursor.text());
      return;
    }
    const Item whole = ParseStoredItem(cursor.text());
    const Item entry = cut ? Projected(table(), *index_, whole) : Item();
    bytes_ += cut ? SizeOf(entry) : whole_size;
    if (reaches_back_) fetched_units_ += ReadUnits(whole_size, Kind());
    const Item& seen = cut && !reaches_back_ ? entry : whole;
    if (condition_ && !condition_->Matches(seen)) return;
    page_.items.push_back(select().projection.empty() ? ToJsonText(seen)
                                                      : Project(select().projection, seen));
  }

  ReadKind Kind() const { return options_.consistent ? ReadKind::kStrong : ReadKind::kEventual; }

  void Finish() {
    const double units = ReadUnits(bytes_, Kind());
    if (index_ == nullptr) {
      page_.used.table_units = units;
    } else {
      page_.used.table_units = fetched_units_;
      page_.used.indexes.push_back({index_, units});
    }
    if (!stopped_) return;
    std::string token = fmt::format("{{\"f\":\"{}\",\"p\":{}}}", Identity(), stopped_at_);
    token.pop_back();
    AppendMember("k", page_.last_key, token);
    page_.next_token = Base64Encode(token + "}");
  }

  Engine& engine_;
  const PartiqlStatement& statement_;
  const SelectOptions& options_;
  SelectPage page_;
  const Index* index_ = nullptr;
  std::optional<Condition> condition_;
  // Values of the partition key; empty: a scan.
  std::vector<AttributeValue> partitions_;
  Direction direction_ = Direction::kForward;
  bool reaches_back_ = false;
  Position position_;
  std::int64_t looked_at_ = 0;
  std::size_t bytes_ = 0;
  double fetched_units_ = 0;
  bool stopped_ = false;
  std::size_t stopped_at_ = 0;
};

}  // namespace

aws::Outcome<SelectPage> RunSelect(Engine& engine, const PartiqlStatement& statement,
                                   const SelectOptions& options) {
  return Walk(engine, statement, options).Run();
}

aws::Outcome<KeyedSelect> PlanKeyedSelect(Engine& engine, const PartiqlStatement& statement,
                                          std::string_view operation) {
  const partiql::SelectStatement& select = statement.statement.select;
  const bool exists = statement.statement.kind == partiql::Statement::Kind::kExists;
  OFFSTAGE_TRY([[maybe_unused]] const std::optional<Condition> sound, ConditionOf(statement));
  KeyedSelect out;
  OFFSTAGE_TRY(out.table, engine.FindTable(select.from.table));
  OFFSTAGE_TRY([[maybe_unused]] const Index* index, FindIndex(*out.table, select.from.index));
  OFFSTAGE_TRY_VOID(CheckProjection(select.projection));
  const auto keyless = [&] {
    return Fail(ValidationError(
        exists
            ? "EXISTS() must contain a single item read with additional condition"
            : fmt::format(
                  "Select statements within {} must specify the primary key in the where clause.",
                  operation)));
  };
  if (!select.where || !select.from.index.empty()) return keyless();
  OFFSTAGE_TRY(std::optional<partiql::KeyedWhere> keyed,
               partiql::SplitKey(*select.where, out.table->definition.key, statement.parameters));
  if (!keyed || keyed->condition.has_value() != exists) return keyless();
  OFFSTAGE_TRY(out.key, KeyFromKeyMember(*out.table, keyed->key));
  out.key_item = std::move(keyed->key);
  out.condition = std::move(keyed->condition);
  if (!select.projection.empty()) out.projection = select.projection;
  return out;
}

std::string ProjectSelect(const std::vector<Expression>& projection, std::string_view item) {
  return Project(projection, ParseStoredItem(item));
}

}  // namespace offstage::dynamodb
