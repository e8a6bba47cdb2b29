// DynamoDB JSON ({"S":"x"}) to values and back.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/json.h"
#include "dynamodb/value/attribute_value.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

// Levels of values in values, an attribute's own value being the first (AWS "Nested attribute
// depth").
inline constexpr int kMaxNesting = 32;
// AWS "Attribute name" quota: the guide says 64 KB, the service takes a byte less.
inline constexpr std::size_t kMaxAttributeNameBytes = 65535;
// What is wrong with an attribute's name; empty: nothing.
std::string_view AttributeNameFault(std::string_view name);

// Parse one value, {"S":"x"}, or the attributes of an item, {"pk":{"S":"x"},...}, from JSON text or
// a JSON value. Fails with SerializationException when a JSON type is wrong or binary is no base64,
// else with ValidationException in the service's words, bare: PutItem, UpdateItem and DeleteItem
// put it into their "1 validation error detected: ". The service finds every SerializationException
// of a request before it validates anything: callers that validate other members first keep the
// failed outcome, see IsSerializationError. Text may have been cut from a larger document; anything
// but one JSON value in valid UTF-8 is a SerializationException.
aws::Outcome<AttributeValue> ParseAttributeValue(std::string_view json,
                                                 ValueLayer layer = ValueLayer::kCurrent);
aws::Outcome<AttributeValue> AttributeValueFromJson(const Json& json,
                                                    ValueLayer layer = ValueLayer::kCurrent);
aws::Outcome<Item> ParseItem(std::string_view json, ValueLayer layer = ValueLayer::kCurrent);
aws::Outcome<Item> ItemFromJson(const Json& json, ValueLayer layer = ValueLayer::kCurrent);

bool IsSerializationError(const aws::ApiError& error);

// Append compact DynamoDB JSON to `out`: attributes by name, sets in their order, binary as base64.
void AppendJson(const AttributeValue& value, std::string& out);
void AppendJson(const Item& item, std::string& out);
std::string ToJsonText(const AttributeValue& value);
std::string ToJsonText(const Item& item);
Json ToJson(const AttributeValue& value);
Json ToJson(const Item& item);

// A scalar as some of the service's texts print it, in Java's words: "AttributeValue: {S:x}".
std::string JavaText(const AttributeValue& value);

// Parses what AppendJson wrote, from a store that only AppendJson writes: faster, because it takes
// its word for UTF-8, numbers and sets. A bug (InternalBug) for other text.
Item ParseStoredItem(std::string_view json);

// The value of one attribute in text that AppendJson wrote, as text, or empty when there is none:
// reads a key or an expiry out of a stored item without parsing it.
std::string_view FindStoredAttribute(std::string_view json, std::string_view name);

}  // namespace offstage::dynamodb
