// Items as clients send them: parsed in both layers, printed, parsed again to the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"
#include "dynamodb/value/key_encoding.h"

using offstage::dynamodb::Attribute;
using offstage::dynamodb::Item;
using offstage::dynamodb::ValueLayer;

namespace {

void CheckRoundTrip(const Item& item) {
  const std::string text = ToJsonText(item);
  OFFSTAGE_CHECK(offstage::dynamodb::ParseItem(text).value() == item, "printed items parse");
  OFFSTAGE_CHECK(offstage::dynamodb::ParseStoredItem(text) == item, "stored items parse");
  for (const Attribute& attribute : item) {
    if (!attribute.value.is_scalar_key()) continue;
    const std::string bytes = EncodeKey(attribute.value);
    OFFSTAGE_CHECK(offstage::dynamodb::DecodeKey(attribute.value.type(), bytes) == attribute.value,
                   "keys decode");
  }
  (void)SizeOf(item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const ValueLayer layer : {ValueLayer::kCurrent, ValueLayer::kOlder}) {
    const auto item = offstage::dynamodb::ParseItem(text, layer);
    if (item.ok()) CheckRoundTrip(item.value());
    (void)offstage::dynamodb::NormalizeNumber(text, layer);
  }
  return 0;
}
