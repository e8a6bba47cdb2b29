// DynamoDB's rules for the keys of a table: what CreateTable refuses.
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
#include <map>
#include <set>

#include "base/text.h"
#include "validate/checks.h"

namespace offstage::validate {
namespace {

using templates::Entry;

// Attribute names by where they stand. Null: something there is computed, so nothing can be said.
using NamesAt = std::optional<std::map<std::string, Position>>;

NamesAt AttributeNames(const Node* list) {
  std::map<std::string, Position> names;
  if (list == nullptr) {
    return names;
  }
  if (!list->IsList()) {
    return std::nullopt;
  }
  for (const Node& item : list->items()) {
    const Node* name = item.Find("AttributeName");
    if (name == nullptr || !name->IsString()) {
      return std::nullopt;
    }
    names[name->text()] = name->position();
  }
  return names;
}

class TableCheck {
 public:
  TableCheck(Checks& checks, std::string path, const Node& properties)
      : checks_(checks), path_(std::move(path)), properties_(properties) {}

  void Check() {
    const NamesAt defined = AttributeNames(properties_.Find("AttributeDefinitions"));
    TakeKeys(properties_, path_ + ".KeySchema");
    for (const std::string_view kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
      TakeIndexes(kind);
    }
    if (!defined || !complete_) {
      return;
    }
    std::vector<std::string> names;
    for (const auto& [name, position] : *defined) {
      names.push_back(name);
    }
    for (const auto& [name, position] : used_) {
      if (defined->count(name) == 0) {
        checks_.Add(Severity::kError, "table-key", position, path_ + ".AttributeDefinitions",
                    fmt::format("'{}' is a key, but AttributeDefinitions does not define it", name),
                    names.empty() ? "" : DidYouMean(name, names));
      }
    }
    for (const auto& [name, position] : *defined) {
      if (used_.count(name) == 0) {
        checks_.Add(Severity::kError, "table-key", position, path_ + ".AttributeDefinitions",
                    fmt::format("'{}' is defined, but is no key of the table or of an index; "
                                "DynamoDB refuses the table",
                                name),
                    "define key attributes only");
      }
    }
  }

 private:
  void TakeKeys(const Node& owner, const std::string& path) {
    const Node* schema = owner.Find("KeySchema");
    const NamesAt names = AttributeNames(schema);
    if (!names || schema == nullptr) {
      complete_ = complete_ && names && schema != nullptr;
      return;
    }
    used_.insert(names->begin(), names->end());
    int hashes = 0;
    for (const Node& item : schema->items()) {
      const Node* type = item.Find("KeyType");
      if (type == nullptr || !type->IsString()) {
        return;
      }
      hashes += type->text() == "HASH" ? 1 : 0;
      if (type->text() != "HASH" && type->text() != "RANGE") {
        checks_.Add(Severity::kError, "table-key", type->position(), path,
                    fmt::format("KeyType is '{}'; it is HASH or RANGE", type->text()));
      }
    }
    if (hashes == 0) {
      checks_.Add(Severity::kError, "table-key", schema->position(), path,
                  "KeySchema has no HASH key");
    }
  }

  void TakeIndexes(std::string_view kind) {
    const Node* indexes = properties_.Find(kind);
    if (indexes == nullptr) {
      return;
    }
    if (!indexes->IsList()) {
      complete_ = false;
      return;
    }
    for (const Node& index : indexes->items()) {
      const std::string path = fmt::format("{}.{}", path_, kind);
      if (!index.IsMap() || IsFunctionCall(index)) {
        complete_ = false;
        continue;
      }
      TakeKeys(index, path);
      CheckProjection(index, path);
    }
  }

  void CheckProjection(const Node& index, const std::string& path) {
    const std::string name = index.TextOf("IndexName", "the index");
    const Node* projection = index.Find("Projection");
    if (projection == nullptr) {
      checks_.Add(Severity::kError, "index-projection", index.position(), path,
                  fmt::format("{} has no Projection", name),
                  "add Projection: {ProjectionType: ALL}");
      return;
    }
    const Node* type = projection->Find("ProjectionType");
    if (type == nullptr || !type->IsString()) {
      return;
    }
    const std::string& text = type->text();
    if (text != "ALL" && text != "KEYS_ONLY" && text != "INCLUDE") {
      checks_.Add(Severity::kError, "index-projection", type->position(), path,
                  fmt::format("ProjectionType is '{}'; it is ALL, KEYS_ONLY or INCLUDE", text),
                  DidYouMean(text, {"ALL", "KEYS_ONLY", "INCLUDE"}));
    }
    if (text == "INCLUDE" && !projection->Contains("NonKeyAttributes")) {
      checks_.Add(Severity::kError, "index-projection", type->position(), path,
                  fmt::format("{} projects INCLUDE without NonKeyAttributes", name));
    }
  }

  Checks& checks_;
  std::string path_;
  const Node& properties_;
  std::map<std::string, Position> used_;
  bool complete_ = true;
};

void CheckCapacity(Checks& checks, const std::string& path, const Node& properties) {
  const Node* mode = properties.Find("BillingMode");
  const Node* throughput = properties.Find("ProvisionedThroughput");
  const bool more_to_come = properties.Contains("Fn::Transform");
  if (more_to_come || (mode != nullptr && !mode->IsString()) ||
      (throughput != nullptr && IsFunctionCall(*throughput))) {
    return;
  }
  const bool on_demand = mode != nullptr && mode->text() == "PAY_PER_REQUEST";
  if (!on_demand && throughput == nullptr) {
    checks.Add(Severity::kError, "table-capacity", properties.position(), path,
               "the table is PROVISIONED (the default), but has no ProvisionedThroughput",
               "set BillingMode: PAY_PER_REQUEST, or ProvisionedThroughput");
  } else if (on_demand && throughput != nullptr) {
    checks.Add(Severity::kError, "table-capacity", throughput->position(), path,
               "the table is PAY_PER_REQUEST, but has ProvisionedThroughput",
               "remove one of the two");
  }
}

}  // namespace

void CheckTables(Checks& checks, const Source& source) {
  for (const Entry& resource : source.Section("Resources").entries()) {
    const std::string type = resource.value.TextOf("Type");
    const Node* properties = resource.value.Find("Properties");
    const bool global = type == "AWS::DynamoDB::GlobalTable";
    if ((type != "AWS::DynamoDB::Table" && !global) || properties == nullptr ||
        !properties->IsMap() || properties->Contains("Fn::Transform")) {
      continue;
    }
    const std::string path = source.PathOf(resource.key) + ".Properties";
    TableCheck(checks, path, *properties).Check();
    if (!global) {
      CheckCapacity(checks, path, *properties);
    }
  }
}

}  // namespace offstage::validate
