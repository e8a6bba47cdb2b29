#include "dynamodb/ops/capacity.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

std::string UnitsJson(double units, CapacityKind kind) {
  std::string out = fmt::format("{{\"CapacityUnits\":{:.1f}", units);
  if (kind == CapacityKind::kRead) out += fmt::format(",\"ReadCapacityUnits\":{:.1f}", units);
  if (kind == CapacityKind::kWrite) out += fmt::format(",\"WriteCapacityUnits\":{:.1f}", units);
  return out + "}";
}

void AppendIndexes(std::string_view name, IndexScope scope, const ConsumedCapacity& used,
                   CapacityKind kind, std::string& out) {
  std::string members = "{";
  for (const IndexUnits& index : used.indexes) {
    if (index.index->scope != scope) continue;
    AppendMember(index.index->definition.name, UnitsJson(index.units, kind), members);
  }
  if (members.size() > 1) AppendMember(name, members + "}", out);
}

// What one write costs an index, from the entry before and after it.
double EntryUnits(const Table& table, const Index& index, const Item* before, const Item* after) {
  const bool was = before != nullptr && IndexKeyOf(index, *before).has_value();
  const bool is = after != nullptr && IndexKeyOf(index, *after).has_value();
  if (!was && !is) return 0;
  if (!was) return WriteUnits(SizeOf(Projected(table, index, *after)));
  const Item old_entry = Projected(table, index, *before);
  if (!is) return WriteUnits(SizeOf(old_entry));
  const Item new_entry = Projected(table, index, *after);
  if (old_entry == new_entry) return 0;
  // Another key means to remove one entry and to put another.
  if (IndexKeyOf(index, *before) != IndexKeyOf(index, *after)) {
    return WriteUnits(SizeOf(old_entry)) + WriteUnits(SizeOf(new_entry));
  }
  return WriteUnits(std::max(SizeOf(old_entry), SizeOf(new_entry)));
}

}  // namespace

CapacityDetail CapacityDetailOf(Node request) {
  const std::string_view text = request["ReturnConsumedCapacity"].text();
  if (text == "TOTAL") return CapacityDetail::kTotal;
  return text == "INDEXES" ? CapacityDetail::kIndexes : CapacityDetail::kNone;
}

void ConsumedCapacity::Add(const ConsumedCapacity& other) {
  table_units += other.table_units;
  for (const IndexUnits& added : other.indexes) {
    const auto same =
        std::find_if(indexes.begin(), indexes.end(), [&added](const IndexUnits& index) {
          return index.index->definition.name == added.index->definition.name;
        });
    if (same == indexes.end()) {
      indexes.push_back(added);
    } else {
      same->units += added.units;
    }
  }
}

double ConsumedCapacity::total() const {
  double units = table_units;
  for (const IndexUnits& index : indexes)
    units += index.units;
  return units;
}

std::string CapacityJson(const Table& table, const ConsumedCapacity& used, CapacityDetail detail,
                         CapacityKind kind) {
  std::string out = UnitsJson(used.total(), kind);
  out.pop_back();
  std::string name;
  AppendJsonString(table.definition.name, name);
  AppendMember("TableName", name, out);
  if (detail == CapacityDetail::kIndexes) {
    AppendMember("Table", UnitsJson(used.table_units, kind), out);
    AppendIndexes("GlobalSecondaryIndexes", IndexScope::kGlobal, used, kind, out);
    AppendIndexes("LocalSecondaryIndexes", IndexScope::kLocal, used, kind, out);
  }
  return out + "}";
}

void AppendCapacity(const Table& table, const ConsumedCapacity& used, CapacityDetail detail,
                    std::string& out) {
  if (detail != CapacityDetail::kNone)
    AppendMember("ConsumedCapacity", CapacityJson(table, used, detail), out);
}

Item Projected(const Table& table, const Index& index, const Item& item) {
  if (index.definition.projection == ProjectionType::kAll) return item;
  std::vector<std::string> names = KeyAttributeNames(table, &index);
  if (index.definition.projection == ProjectionType::kInclude) {
    names.insert(names.end(), index.definition.non_key_attributes.begin(),
                 index.definition.non_key_attributes.end());
  }
  Item out;
  for (const std::string& name : names) {
    if (const AttributeValue* value = item.Find(name)) out.Set(name, *value);
  }
  return out;
}

std::vector<IndexUnits> IndexWriteUnits(const Table& table, const Item* before, const Item* after) {
  std::vector<IndexUnits> out;
  for (const Index& index : table.indexes) {
    const double units = EntryUnits(table, index, before, after);
    if (units > 0) out.push_back({&index, units});
  }
  return out;
}

bool WantsCollectionMetrics(const Table& table, Node request) {
  return request["ReturnItemCollectionMetrics"].text() == "SIZE" &&
         !table.definition.local_indexes.empty();
}

std::string CollectionMetricsJson(const Table& table, std::string_view item) {
  // Collections here are far below the service's 10 GB.
  return fmt::format("{{\"ItemCollectionKey\":{},\"SizeEstimateRangeGB\":[0.0,1.0]}}",
                     AttributesOfStored(item, {table.definition.key.partition[0].name}));
}

void AppendCollectionMetrics(const Table& table, Node request, std::string_view item,
                             std::string& out) {
  if (!WantsCollectionMetrics(table, request)) return;
  AppendMember("ItemCollectionMetrics", CollectionMetricsJson(table, item), out);
}

void AppendMember(std::string_view name, std::string_view json, std::string& out) {
  if (out.back() != '{') out += ',';
  AppendJsonString(name, out);
  out += ':';
  out += json;
}

}  // namespace offstage::dynamodb
