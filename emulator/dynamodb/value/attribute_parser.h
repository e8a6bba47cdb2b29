// The parser behind attribute_json.h, for those who walk a larger document themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "dynamodb/value/attribute_value.h"
#include "dynamodb/value/json_reader.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

// Thread-compatible. Reads to the end of each value whatever is wrong with it, because wrong JSON
// types (SerializationException) are reported before anything else in the same request.
class AttributeParser {
 public:
  explicit AttributeParser(JsonReader& reader, ValueLayer layer = ValueLayer::kCurrent)
      : reader_(reader), layer_(layer) {}

  // Take one value, or an item's attributes. False: serialization_error() says why, and the reader
  // stands nowhere. True with has_fault(): what came out is not usable.
  bool TakeValue(AttributeValue& value);
  bool TakeItem(Item& item);

  bool has_fault() const { return fault_.has_value(); }
  // What the service would report: the wrong JSON type, else the first fault.
  aws::ApiError error() const;
  void ForgetFault() { fault_.reset(); }

 private:
  // Which of several faults is reported; within one rank the first. Where the service was seen:
  // an attribute without a name wins over everything in the values, which wins over a nested map
  // member without a name.
  enum class Rank { kAttributeName, kValue, kMemberName };
  struct Fault {
    Rank rank;
    std::string message;
  };

  bool TakeValueAt(int depth, AttributeValue& value);
  bool TakeTyped(AttributeType type, int depth, AttributeValue& value);
  bool TakeMembers(int depth, Item& item);
  bool TakeList(int depth, AttributeValue& value);
  bool TakeText(std::string& text);
  bool TakeBytes(std::string& bytes);
  bool TakeBoolean(bool& value);
  bool TakeNumber(AttributeValue& value);
  bool TakeSet(AttributeType type, AttributeValue& value);
  bool TakeSetMember(AttributeType type, AttributeSet& members);
  void CheckSet(AttributeType type, const AttributeSet& sent);
  bool Normalize(std::string& number);

  bool Mistyped(std::string message);
  // For a value of the wrong JSON type where `type_name` (Java's) is expected.
  bool MistypedScalar(std::string_view type_name, std::string_view collection);
  bool MistypedMap();
  void AddFault(Rank rank, std::string message);

  JsonReader& reader_;
  ValueLayer layer_;
  std::string mistyped_;
  std::optional<Fault> fault_;
};

}  // namespace offstage::dynamodb
