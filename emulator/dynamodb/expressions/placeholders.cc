#include "dynamodb/expressions/placeholders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/attribute_parser.h"
#include "dynamodb/value/invalid.h"
#include "dynamodb/value/json_reader.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kMaxKeyBytes = 255;  // AWS "Expression attribute names and values" quota

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsPlaceholder(std::string_view key, char sign) {
  return key.size() > 1 && key[0] == sign && std::all_of(key.begin() + 1, key.end(), IsWord);
}

Failure<aws::ApiError> NotJson() {
  return Fail(aws::ApiError{.type = "SerializationException", .message = {}});
}

aws::Outcome<Unit> CheckNameKey(std::string_view key) {
  if (key.size() > kMaxKeyBytes) {
    return Invalid(
        fmt::format("ExpressionAttributeNames contains invalid key: The expression attribute map "
                    "contains a key that is too long; size of key: {}",
                    key.size()));
  }
  if (!IsPlaceholder(key, '#')) {
    return Invalid(fmt::format(
        "ExpressionAttributeNames contains invalid key: Syntax error; key: \"{}\"", key));
  }
  return Ok();
}

aws::Outcome<Unit> CheckValueKey(std::string_view key) {
  if (key.size() > kMaxKeyBytes) {
    return Invalid(
        "ExpressionAttributeValues contains invalid key: The expression attribute map contains a "
        "key "
        "that is too long;");
  }
  if (!IsPlaceholder(key, ':')) {
    return Invalid(fmt::format(
        "ExpressionAttributeValues contains invalid key: Syntax error; key: \"{}\"", key));
  }
  return Ok();
}

// Java's String.hashCode of ASCII text.
std::uint32_t JavaHash(std::string_view text) {
  std::uint32_t hash = 0;
  for (const char c : text)
    hash = hash * 31 + static_cast<unsigned char>(c);
  return hash;
}

// The service lists keys as a Java HashSet of `total` elements iterates over them.
void SortAsJavaSet(std::vector<std::string>& keys, std::size_t total) {
  const std::size_t wanted = std::max<std::size_t>(total * 4 / 3 + 1, 16);
  std::uint32_t capacity = 1;
  while (capacity < wanted)
    capacity *= 2;
  const auto slot = [capacity](const std::string& key) {
    const std::uint32_t hash = JavaHash(key);
    return (hash ^ hash >> 16) & (capacity - 1);
  };
  std::stable_sort(keys.begin(), keys.end(), [&slot](const std::string& a, const std::string& b) {
    return slot(a) < slot(b);
  });
}

template <typename Entry>
aws::Outcome<Unit> CheckUsed(const std::vector<Entry>& entries, std::string_view member) {
  std::vector<std::string> unused;
  for (const Entry& entry : entries) {
    if (!entry.used) unused.push_back(entry.key);
  }
  if (unused.empty()) return Ok();
  SortAsJavaSet(unused, entries.size());
  return Invalid(fmt::format("Value provided in {} unused in expressions: keys: {{{}}}", member,
                             fmt::join(unused, ", ")));
}

}  // namespace

aws::Outcome<Unit> Placeholders::SetNames(std::string_view json) {
  JsonReader reader(json);
  JsonMembers members(reader);
  std::string_view key;
  while (members.Next(key)) {
    Name entry;
    entry.key = key;
    if (reader.Peek() != '"' || !reader.TakeString(entry.name)) return NotJson();
    std::erase_if(names_, [&entry](const Name& name) { return name.key == entry.key; });
    names_.push_back(std::move(entry));
  }
  if (members.failed()) return NotJson();
  names_given_ = true;
  if (names_.empty()) return Invalid("ExpressionAttributeNames must not be empty");
  for (const Name& entry : names_) {
    OFFSTAGE_TRY_VOID(CheckNameKey(entry.key));
    if (const std::string_view fault = AttributeNameFault(entry.name); !fault.empty()) {
      return Invalid(fmt::format("ExpressionAttributeNames contains invalid value: {} for key {}",
                                 fault, entry.key));
    }
  }
  return Ok();
}

aws::Outcome<Unit> Placeholders::SetValues(std::string_view json, ValueLayer layer) {
  JsonReader reader(json);
  JsonMembers members(reader);
  std::string_view key;
  std::string fault;
  while (members.Next(key)) {
    Value entry;
    entry.key = key;
    AttributeParser parser(reader, layer);
    if (!parser.TakeValue(entry.value)) return Fail(parser.error());
    if (parser.has_fault() && fault.empty()) {
      fault = parser.error().message;
      if (layer == ValueLayer::kOlder) {
        fault = fmt::format("ExpressionAttributeValues contains invalid value: {} for key {}",
                            fault, key);
      }
    }
    std::erase_if(values_, [&entry](const Value& value) { return value.key == entry.key; });
    values_.push_back(std::move(entry));
  }
  if (members.failed()) return NotJson();
  values_given_ = true;
  if (values_.empty()) return Invalid("ExpressionAttributeValues must not be empty");
  for (const Value& entry : values_)
    OFFSTAGE_TRY_VOID(CheckValueKey(entry.key));
  if (!fault.empty()) return Invalid(std::move(fault));
  return Ok();
}

aws::Outcome<Unit> Placeholders::CheckAllUsed() const {
  OFFSTAGE_TRY_VOID(CheckUsed(names_, "ExpressionAttributeNames"));
  return CheckUsed(values_, "ExpressionAttributeValues");
}

const std::string* Placeholders::UseName(std::string_view placeholder) {
  for (Name& entry : names_) {
    if (entry.key != placeholder) continue;
    entry.used = true;
    return &entry.name;
  }
  return nullptr;
}

const AttributeValue* Placeholders::UseValue(std::string_view placeholder) {
  for (Value& entry : values_) {
    if (entry.key != placeholder) continue;
    entry.used = true;
    return &entry.value;
  }
  return nullptr;
}

}  // namespace offstage::dynamodb
