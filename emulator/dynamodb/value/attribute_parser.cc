#include "dynamodb/value/attribute_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

constexpr std::string_view kMapTypeName =
    "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>";
constexpr std::string_view kValueTypeName = "class com.amazonaws.dynamodb.v20120810.AttributeValue";
constexpr const char* kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond "
    "supported limit";
constexpr const char* kEmptyValue =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr const char* kManyTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";

std::string InvalidText(std::string_view what) {
  return fmt::format("One or more parameter values were invalid: {}", what);
}

std::optional<AttributeType> TypeFromName(std::string_view name) {
  for (int i = 0; i < 10; ++i) {
    const auto type = static_cast<AttributeType>(i);
    if (TypeName(type) == name) return type;
  }
  return std::nullopt;
}

bool StartsNumber(char c) {
  return c == '-' || (c >= '0' && c <= '9');
}

std::string TokenName(std::string_view literal) {
  if (literal == "true") return "TRUE_VALUE";
  if (literal == "false") return "FALSE_VALUE";
  return literal.find_first_of(".eE") == std::string_view::npos ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}

// Of the members as sent: those before the first repeat by bytes, the repeat, the rest as sent.
AttributeSet UpToFirstRepeat(const AttributeSet& sent) {
  std::set<std::string_view> seen;
  std::size_t repeat = 0;
  while (repeat < sent.size() && seen.insert(sent[repeat]).second)
    ++repeat;
  AttributeSet listed = sent;
  std::sort(listed.begin(), listed.begin() + static_cast<std::ptrdiff_t>(repeat));
  return listed;
}

std::string ListMembers(AttributeType type, const AttributeSet& members, ValueLayer layer) {
  const bool quoted = layer == ValueLayer::kCurrent;
  const bool binary = type == AttributeType::kBinarySet;
  std::string text = "[";
  for (const std::string& member : members) {
    if (text.size() > 1) text += quoted && binary ? "," : ", ";
    if (quoted) text += '"';
    text += binary ? Base64Encode(member) : member;
    if (quoted) text += '"';
  }
  return text + ']';
}

std::string DuplicatesMessage(AttributeType type, const AttributeSet& sent, ValueLayer layer) {
  if (type == AttributeType::kNumberSet) {
    return layer == ValueLayer::kCurrent ? InvalidText("Input collection contains duplicates.")
                                         : "Input collection contains duplicates";
  }
  const AttributeSet listed = layer == ValueLayer::kCurrent ? UpToFirstRepeat(sent) : sent;
  return InvalidText(fmt::format("Input collection {}{} contains duplicates.",
                                 ListMembers(type, listed, layer),
                                 type == AttributeType::kBinarySet ? "of type BS" : ""));
}

}  // namespace

std::string_view AttributeNameFault(std::string_view name) {
  if (name.empty()) return "Empty attribute name";
  // The service's exact words are not on record, the limit is.
  if (name.size() > kMaxAttributeNameBytes)
    return "Attribute name is too large, it may have at most 65535 bytes";
  return {};
}

aws::ApiError AttributeParser::error() const {
  if (fault_ && mistyped_.empty()) {
    return {.type = "ValidationException", .message = fault_->message};
  }
  return {.type = "SerializationException", .message = mistyped_};
}

bool AttributeParser::Mistyped(std::string message) {
  mistyped_ = std::move(message);
  fault_.reset();
  return false;
}

void AttributeParser::AddFault(Rank rank, std::string message) {
  if (!fault_ || rank < fault_->rank) fault_ = Fault{rank, std::move(message)};
}

bool AttributeParser::MistypedScalar(std::string_view type_name, std::string_view collection) {
  const char next = reader_.Peek();
  if (next == '{') return Mistyped("Start of structure or map found where not expected");
  if (next == '[')
    return Mistyped(fmt::format("Unrecognized collection type class {}", collection));
  std::string_view literal;
  if (next == '"' || !reader_.TakeLiteral(literal)) return Mistyped({});
  return Mistyped(fmt::format("{} cannot be converted to {}", TokenName(literal), type_name));
}

bool AttributeParser::MistypedMap() {
  if (reader_.Peek() == '[') {
    return Mistyped(fmt::format("Unrecognized collection type {}", kMapTypeName));
  }
  return Mistyped("Unexpected field type");
}

bool AttributeParser::TakeValue(AttributeValue& value) {
  return TakeValueAt(1, value);
}

bool AttributeParser::TakeItem(Item& item) {
  if (reader_.Peek() != '{') return MistypedMap();
  return TakeMembers(0, item);
}

// `depth`: of the map itself, 0 for an item.
bool AttributeParser::TakeMembers(int depth, Item& item) {
  Item::Storage attributes;
  JsonMembers members(reader_);
  std::string_view name;
  bool sorted = true;
  while (members.Next(name)) {
    if (name.empty() || (depth == 0 && name.size() > kMaxAttributeNameBytes)) {
      AddFault(depth == 0 ? Rank::kAttributeName : Rank::kMemberName,
               std::string(AttributeNameFault(name)));
    }
    sorted = sorted && (attributes.empty() || attributes.back().name < name);
    attributes.push_back({std::string(name), {}});
    if (!TakeValueAt(depth + 1, attributes.back().value)) return false;
  }
  if (members.failed()) return Mistyped({});
  item =
      sorted ? Item::FromSorted(std::move(attributes)) : Item::FromUnsorted(std::move(attributes));
  return true;
}

bool AttributeParser::TakeValueAt(int depth, AttributeValue& value) {
  const char next = reader_.Peek();
  std::string_view raw;
  if (next == 'n') {
    AddFault(Rank::kValue, kEmptyValue);
    return reader_.TakeLiteral(raw) || Mistyped({});
  }
  if (next != '{') {
    return Mistyped(next == '[' ? fmt::format("Unrecognized collection type {}", kValueTypeName)
                                : "Unexpected value type in payload");
  }
  if (depth > kMaxNesting) {
    AddFault(Rank::kValue, kTooDeep);
    return reader_.TakeValue(raw) || Mistyped({});
  }
  int types = 0;
  JsonMembers members(reader_);
  std::string_view name;
  while (members.Next(name)) {
    const std::optional<AttributeType> type = TypeFromName(name);
    if (!type || reader_.Peek() == 'n') {
      // Unknown members are no part of the model, and null is the same as nothing.
      if (!reader_.TakeValue(raw)) return Mistyped({});
      continue;
    }
    ++types;
    if (!TakeTyped(*type, depth, value)) return false;
  }
  if (members.failed()) return Mistyped({});
  if (types != 1) AddFault(Rank::kValue, types == 0 ? kEmptyValue : kManyTypes);
  return true;
}

bool AttributeParser::TakeTyped(AttributeType type, int depth, AttributeValue& value) {
  std::string text;
  bool truth = false;
  switch (type) {
    case AttributeType::kString:
      if (!TakeText(text)) return false;
      value = AttributeValue::String(std::move(text));
      return true;
    case AttributeType::kNumber:
      return TakeNumber(value);
    case AttributeType::kBinary:
      if (!TakeBytes(text)) return false;
      value = AttributeValue::Binary(std::move(text));
      return true;
    case AttributeType::kBool:
      if (!TakeBoolean(truth)) return false;
      value = AttributeValue::Bool(truth);
      return true;
    case AttributeType::kNull:
      if (!TakeBoolean(truth)) return false;
      if (!truth) {
        AddFault(Rank::kValue,
                 InvalidText("Null attribute value types must have the value of true"));
      }
      value = AttributeValue::Null();
      return true;
    case AttributeType::kList:
      return TakeList(depth, value);
    case AttributeType::kMap: {
      if (reader_.Peek() != '{') return MistypedMap();
      Item map;
      if (!TakeMembers(depth, map)) return false;
      value = AttributeValue::Map(std::move(map));
      return true;
    }
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return TakeSet(type, value);
  }
  return false;
}

bool AttributeParser::TakeText(std::string& text) {
  if (reader_.Peek() != '"') return MistypedScalar("String", "java.lang.String");
  return reader_.TakeString(text) || Mistyped({});
}

bool AttributeParser::TakeBytes(std::string& bytes) {
  const char next = reader_.Peek();
  if (next != '"') {
    if (next == 't' || next == 'f' || StartsNumber(next)) {
      return Mistyped("only base-64-encoded strings are convertible to bytes");
    }
    return MistypedScalar("ByteBuffer", "java.nio.ByteBuffer");
  }
  std::string scratch;
  std::string_view text;
  if (!reader_.TakeString(text, scratch)) return Mistyped({});
  std::optional<std::string> decoded = Base64Decode(text);
  if (decoded) {
    bytes = *std::move(decoded);
    return true;
  }
  if (text.size() % 4 != 0) {
    return Mistyped(fmt::format(
        "Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.size()));
  }
  // "dectected" is the service's spelling.
  return Mistyped("Invalid last non-pad Base64 character dectected");
}

// Strings that say yes or no are taken too.
bool AttributeParser::TakeBoolean(bool& value) {
  std::string_view literal;
  if (reader_.Peek() == '"') {
    std::string text;
    if (!reader_.TakeString(text)) return Mistyped({});
    text = ToUpper(text);
    value = text == "TRUE" || text == "1" || text == "YES";
    if (value || text == "FALSE" || text == "0" || text == "NO") return true;
    return Mistyped("Unexpected token received from parser");
  }
  if (reader_.Peek() != 't' && reader_.Peek() != 'f') {
    return MistypedScalar("Boolean", "java.lang.Boolean");
  }
  if (!reader_.TakeLiteral(literal)) return Mistyped({});
  value = literal == "true";
  return true;
}

bool AttributeParser::Normalize(std::string& number) {
  aws::Outcome<std::string> normal = NormalizeNumber(number, layer_);
  if (!normal.ok()) {
    AddFault(Rank::kValue, normal.error().message);
    return false;
  }
  number = std::move(normal).value();
  return true;
}

bool AttributeParser::TakeNumber(AttributeValue& value) {
  if (reader_.Peek() != '"') return MistypedScalar("String", "java.lang.String");
  std::string text;
  if (!reader_.TakeString(text)) return Mistyped({});
  if (Normalize(text)) value = AttributeValue::Number(std::move(text));
  return true;
}

bool AttributeParser::TakeList(int depth, AttributeValue& value) {
  if (reader_.Peek() != '[') {
    return Mistyped(reader_.Peek() == '{' ? "Start of structure or map found where not expected"
                                          : "Unexpected field type");
  }
  AttributeList list;
  JsonElements elements(reader_);
  while (elements.Next()) {
    if (!TakeValueAt(depth + 1, list.emplace_back())) return false;
  }
  if (elements.failed()) return Mistyped({});
  value = AttributeValue::List(std::move(list));
  return true;
}

bool AttributeParser::TakeSetMember(AttributeType type, AttributeSet& members) {
  if (reader_.Peek() == 'n') {
    std::string_view null;
    AddFault(Rank::kValue,
             InvalidText(type == AttributeType::kBinarySet
                             ? "Binary sets may not contain null values"
                             : "An string set may not have a null string as a member"));
    return reader_.TakeLiteral(null) || Mistyped({});
  }
  std::string& member = members.emplace_back();
  if (type == AttributeType::kBinarySet) return TakeBytes(member);
  if (!TakeText(member)) return false;
  if (type == AttributeType::kNumberSet) Normalize(member);
  return true;
}

bool AttributeParser::TakeSet(AttributeType type, AttributeValue& value) {
  if (reader_.Peek() != '[') {
    return Mistyped(reader_.Peek() == '{' ? "Start of structure or map found where not expected"
                                          : "Unexpected field type");
  }
  AttributeSet members;
  JsonElements elements(reader_);
  while (elements.Next()) {
    if (!TakeSetMember(type, members)) return false;
  }
  if (elements.failed()) return Mistyped({});
  if (has_fault()) return true;
  CheckSet(type, members);
  if (!has_fault()) value = AttributeValue::Set(type, std::move(members));
  return true;
}

void AttributeParser::CheckSet(AttributeType type, const AttributeSet& sent) {
  if (sent.empty()) {
    const char* const what = type == AttributeType::kStringSet ? "An string set  may not be empty"
                             : type == AttributeType::kNumberSet
                                 ? "An number set  may not be empty"
                                 : "Binary sets should not be empty";
    AddFault(Rank::kValue, InvalidText(what));
    return;
  }
  std::vector<std::string_view> sorted(sent.begin(), sent.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    AddFault(Rank::kValue, DuplicatesMessage(type, sent, layer_));
  }
}

}  // namespace offstage::dynamodb
