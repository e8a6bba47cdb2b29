#include "dynamodb/expressions/legacy_reader.h"

#include <utility>

#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/attribute_parser.h"
#include "dynamodb/value/invalid.h"
#include "dynamodb/value/json_reader.h"

namespace offstage::dynamodb {

namespace {

aws::ApiError NotJson() {
  return {.type = "SerializationException", .message = {}};
}

class EntryReader {
 public:
  EntryReader(std::string_view json, ValueLayer layer) : reader_(json), parser_(reader_, layer) {}

  bool Read(std::vector<LegacyEntry>& entries) {
    JsonMembers members(reader_);
    std::string_view name;
    while (members.Next(name)) {
      LegacyEntry entry;
      entry.attribute = name;
      if (!ReadEntry(entry)) return false;
      std::erase_if(entries, [&entry](const LegacyEntry& other) {
        return other.attribute == entry.attribute;
      });
      entries.push_back(std::move(entry));
    }
    return !members.failed();
  }

  // Why Read was false, or what is wrong with a value; nothing when all is well.
  std::optional<aws::ApiError> Error(bool read) const {
    if (read && !parser_.has_fault()) return std::nullopt;
    return value_failed_ || read ? parser_.error() : NotJson();
  }

 private:
  bool ReadEntry(LegacyEntry& entry) {
    JsonMembers members(reader_);
    std::string_view name;
    while (members.Next(name)) {
      if (!ReadMember(std::string(name), entry)) return false;
    }
    return !members.failed();
  }

  bool ReadMember(const std::string& name, LegacyEntry& entry) {
    std::string_view raw;
    if (reader_.Peek() == 'n') return reader_.TakeLiteral(raw);
    if (name == "ComparisonOperator") return reader_.TakeString(entry.comparison.emplace());
    if (name == "Action") return reader_.TakeString(entry.action);
    if (name == "Value") return TakeValue(entry.value.emplace());
    if (name == "AttributeValueList") return ReadValues(entry.values.emplace());
    if (name != "Exists") return reader_.TakeValue(raw);
    // Strings say yes or no, too; the request's shape has checked which.
    if (!reader_.TakeValue(raw)) return false;
    entry.exists = raw.find_first_of("tT1yY") != std::string_view::npos;
    return true;
  }

  bool ReadValues(std::vector<AttributeValue>& values) {
    JsonElements elements(reader_);
    while (elements.Next()) {
      if (!TakeValue(values.emplace_back())) return false;
    }
    return !elements.failed();
  }

  bool TakeValue(AttributeValue& value) {
    value_failed_ = !parser_.TakeValue(value);
    return !value_failed_;
  }

  JsonReader reader_;
  AttributeParser parser_;
  bool value_failed_ = false;
};

}  // namespace

aws::Outcome<std::vector<LegacyEntry>> ReadLegacyEntries(std::string_view json, ValueLayer layer) {
  EntryReader reader(json, layer);
  std::vector<LegacyEntry> entries;
  const bool read = reader.Read(entries);
  std::optional<aws::ApiError> error = reader.Error(read);
  if (error) return Fail(*std::move(error));
  for (const LegacyEntry& entry : entries) {
    if (const std::string_view fault = AttributeNameFault(entry.attribute); !fault.empty())
      return Invalid(std::string(fault));
  }
  return entries;
}

}  // namespace offstage::dynamodb
