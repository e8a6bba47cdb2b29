// Expressions of every kind, with a fixed set of placeholders and one item to run on. The first
// byte chooses the kind.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/legacy.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/value/attribute_json.h"

using offstage::dynamodb::Condition;
using offstage::dynamodb::ConditionalOperator;
using offstage::dynamodb::Item;
using offstage::dynamodb::KeyCondition;
using offstage::dynamodb::Placeholders;
using offstage::dynamodb::Projection;
using offstage::dynamodb::Update;

namespace {

const Item& SampleItem() {
  static const Item kItem =
      offstage::dynamodb::ParseItem(R"({"a":{"N":"1"},"b":{"S":"xy"},"t":{"SS":["p","q"]},
          "m":{"M":{"x":{"N":"2"},"t":{"NS":["1"]}}},"n":{"NULL":true},"f":{"BOOL":false},
          "l":{"L":[{"N":"1"},{"M":{"x":{"S":"z"}}},{"L":[{"B":"AAE="}]}]}})")
          .value();
  return kItem;
}

void RunCondition(std::string_view text, Placeholders& placeholders) {
  const auto condition = Condition::Compile(text, Condition::Kind::kFilter, placeholders, nullptr);
  if (condition.ok()) (void)condition.value().Matches(SampleItem());
}

void RunKeyCondition(std::string_view text, Placeholders& placeholders) {
  const auto condition = KeyCondition::Compile(text, placeholders, nullptr);
  if (!condition.ok()) return;
  (void)condition.value().RangeFor({{{"a", offstage::dynamodb::KeyType::kNumber}},
                                    {{"b", offstage::dynamodb::KeyType::kString}}});
}

void RunUpdate(const offstage::aws::Outcome<Update>& update) {
  if (!update.ok()) return;
  const auto updated = update.value().Apply(SampleItem());
  if (!updated.ok()) return;
  (void)update.value().Touched(updated.value());
  OFFSTAGE_CHECK(offstage::dynamodb::ParseItem(ToJsonText(updated.value())).ok(),
                 "updated items are items");
}

void RunLegacy(std::string_view json) {
  for (const auto& condition :
       {offstage::dynamodb::ConditionFromExpected(json, ConditionalOperator::kOr),
        offstage::dynamodb::ConditionFromFilter(json, ConditionalOperator::kAnd)}) {
    if (condition.ok()) (void)condition.value().Matches(SampleItem());
  }
  (void)offstage::dynamodb::KeyConditionFromLegacy(json);
  RunUpdate(offstage::dynamodb::UpdateFromAttributeUpdates(json));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Placeholders placeholders;
  (void)placeholders.SetNames(R"({"#a":"a","#b":"b","#m":"m"})");
  (void)placeholders.SetValues(R"({":n":{"N":"5"},":s":{"S":"x"},":l":{"L":[{"N":"9"}]},
      ":t":{"SS":["p"]},":f":{"BOOL":true}})");
  switch (data[0] % 6) {
    case 0:
      RunCondition(text, placeholders);
      break;
    case 1:
      RunKeyCondition(text, placeholders);
      break;
    case 2:
      RunUpdate(Update::Compile(text, placeholders, nullptr));
      break;
    case 3: {
      const auto projection = Projection::Compile(text, placeholders, nullptr);
      if (projection.ok()) (void)projection.value().Apply(SampleItem());
      break;
    }
    case 4:
      RunLegacy(text);
      break;
    default: {
      Placeholders hostile;
      (void)hostile.SetNames(text);
      (void)hostile.SetValues(text);
      (void)hostile.CheckAllUsed();
    }
  }
  return 0;
}
