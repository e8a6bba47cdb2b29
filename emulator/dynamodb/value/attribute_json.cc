#include "dynamodb/value/attribute_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/text.h"
#include "dynamodb/value/attribute_parser.h"
#include "dynamodb/value/json_reader.h"

namespace offstage::dynamodb {

namespace {

void AppendSet(const AttributeValue& value, std::string& out) {
  out += '[';
  bool first = true;
  for (const std::string& member : value.set()) {
    if (!first) out += ',';
    first = false;
    if (value.is(AttributeType::kStringSet)) {
      AppendJsonString(member, out);
    } else {
      out += '"';
      out += value.is(AttributeType::kBinarySet) ? Base64Encode(member) : member;
      out += '"';
    }
  }
  out += ']';
}

void AppendList(const AttributeList& list, std::string& out) {
  out += '[';
  bool first = true;
  for (const AttributeValue& element : list) {
    if (!first) out += ',';
    first = false;
    AppendJson(element, out);
  }
  out += ']';
}

std::optional<AttributeType> StoredType(std::string_view name) {
  for (int i = 0; i < 10; ++i) {
    const auto type = static_cast<AttributeType>(i);
    if (TypeName(type) == name) return type;
  }
  return std::nullopt;
}

// The parser of stored text: no step can fail unless the store is damaged.
class StoredParser {
 public:
  explicit StoredParser(std::string_view json) : reader_(json, JsonReader::Trust::kTrusted) {}

  Item TakeItem() {
    Item::Storage attributes;
    JsonMembers members(reader_);
    std::string_view name;
    while (members.Next(name)) {
      attributes.push_back({std::string(name), {}});
      attributes.back().value = TakeValue();
    }
    Check(!members.failed());
    return Item::FromSorted(std::move(attributes));
  }

 private:
  static void Check(bool good) { OFFSTAGE_CHECK(good, "stored items are what AppendJson wrote"); }

  std::string TakeText() {
    std::string text;
    Check(reader_.TakeString(text));
    return text;
  }
  std::string TakeBytes() {
    std::optional<std::string> bytes = Base64Decode(TakeText());
    Check(bytes.has_value());
    return *std::move(bytes);
  }
  AttributeValue TakeValue() {
    JsonMembers members(reader_);
    std::string_view name;
    Check(members.Next(name));
    const std::optional<AttributeType> type = StoredType(name);
    Check(type.has_value());
    AttributeValue value = TakeTyped(*type);
    Check(!members.Next(name) && !members.failed());
    return value;
  }
  AttributeValue TakeTyped(AttributeType type) {
    std::string_view literal;
    switch (type) {
      case AttributeType::kString:
        return AttributeValue::String(TakeText());
      case AttributeType::kNumber:
        return AttributeValue::Number(TakeText());
      case AttributeType::kBinary:
        return AttributeValue::Binary(TakeBytes());
      case AttributeType::kBool:
      case AttributeType::kNull:
        Check(reader_.TakeLiteral(literal));
        return type == AttributeType::kNull ? AttributeValue::Null()
                                            : AttributeValue::Bool(literal == "true");
      case AttributeType::kMap:
        return AttributeValue::Map(TakeItem());
      case AttributeType::kList:
        return TakeList();
      default:
        return TakeSet(type);
    }
  }
  AttributeValue TakeList() {
    AttributeList list;
    JsonElements elements(reader_);
    while (elements.Next())
      list.push_back(TakeValue());
    Check(!elements.failed());
    return AttributeValue::List(std::move(list));
  }
  AttributeValue TakeSet(AttributeType type) {
    AttributeSet set;
    JsonElements elements(reader_);
    while (elements.Next()) {
      set.push_back(type == AttributeType::kBinarySet ? TakeBytes() : TakeText());
    }
    Check(!elements.failed());
    return AttributeValue::SortedSet(type, std::move(set));
  }

  JsonReader reader_;
};

aws::ApiError NotJson() {
  return {.type = "SerializationException", .message = {}};
}

}  // namespace

aws::Outcome<AttributeValue> ParseAttributeValue(std::string_view json, ValueLayer layer) {
  JsonReader reader(json);
  AttributeParser parser(reader, layer);
  AttributeValue value;
  if (!parser.TakeValue(value) || parser.has_fault()) return Fail(parser.error());
  if (!reader.AtEnd()) return Fail(NotJson());
  return value;
}

aws::Outcome<Item> ParseItem(std::string_view json, ValueLayer layer) {
  JsonReader reader(json);
  AttributeParser parser(reader, layer);
  Item item;
  if (!parser.TakeItem(item) || parser.has_fault()) return Fail(parser.error());
  if (!reader.AtEnd()) return Fail(NotJson());
  return item;
}

aws::Outcome<AttributeValue> AttributeValueFromJson(const Json& json, ValueLayer layer) {
  return ParseAttributeValue(DumpJson(json), layer);
}

aws::Outcome<Item> ItemFromJson(const Json& json, ValueLayer layer) {
  return ParseItem(DumpJson(json), layer);
}

bool IsSerializationError(const aws::ApiError& error) {
  return error.type == "SerializationException";
}

void AppendJson(const AttributeValue& value, std::string& out) {
  out += "{\"";
  out += TypeName(value.type());
  out += "\":";
  switch (value.type()) {
    case AttributeType::kString:
      AppendJsonString(value.text(), out);
      break;
    case AttributeType::kNumber:
      out += '"';
      out += value.text();
      out += '"';
      break;
    case AttributeType::kBinary:
      out += '"';
      out += Base64Encode(value.text());
      out += '"';
      break;
    case AttributeType::kBool:
      out += value.boolean() ? "true" : "false";
      break;
    case AttributeType::kNull:
      out += "true";
      break;
    case AttributeType::kList:
      AppendList(value.list(), out);
      break;
    case AttributeType::kMap:
      AppendJson(value.map(), out);
      break;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      AppendSet(value, out);
      break;
  }
  out += '}';
}

void AppendJson(const Item& item, std::string& out) {
  out += '{';
  bool first = true;
  for (const Attribute& attribute : item) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(attribute.name, out);
    out += ':';
    AppendJson(attribute.value, out);
  }
  out += '}';
}

std::string ToJsonText(const AttributeValue& value) {
  std::string out;
  AppendJson(value, out);
  return out;
}

std::string ToJsonText(const Item& item) {
  std::string out;
  AppendJson(item, out);
  return out;
}

Json ToJson(const AttributeValue& value) {
  return Json::parse(ToJsonText(value));
}
Json ToJson(const Item& item) {
  return Json::parse(ToJsonText(item));
}

std::string JavaText(const AttributeValue& value) {
  if (value.is(AttributeType::kBinary)) {
    const std::size_t size = value.text().size();
    return fmt::format("AttributeValue: {{B:java.nio.HeapByteBuffer[pos=0 lim={} cap={}]}}", size,
                       size);
  }
  return fmt::format("AttributeValue: {{{}:{}}}", TypeName(value.type()), value.text());
}

Item ParseStoredItem(std::string_view json) {
  return StoredParser(json).TakeItem();
}

std::string_view FindStoredAttribute(std::string_view json, std::string_view name) {
  JsonReader reader(json, JsonReader::Trust::kTrusted);
  JsonMembers members(reader);
  std::string_view found;
  std::string_view raw;
  while (members.Next(found)) {
    const bool wanted = found == name;
    OFFSTAGE_CHECK(reader.TakeValue(raw), "stored items are what AppendJson wrote");
    if (wanted) return raw;
  }
  return {};
}

}  // namespace offstage::dynamodb
