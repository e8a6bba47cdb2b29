#include "dynamodb/value/item_size.h"

#include <algorithm>

#include "dynamodb/value/invalid.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace {

// A list or map costs 3 bytes, and each thing in it one more than itself.
constexpr std::size_t kContainerBytes = 3;
constexpr std::size_t kElementBytes = 1;

double UnitsOf(std::size_t bytes, std::size_t unit_bytes) {
  return static_cast<double>(std::max<std::size_t>(1, (bytes + unit_bytes - 1) / unit_bytes));
}

std::size_t SizeOfSet(const AttributeValue& value) {
  std::size_t size = 0;
  for (const std::string& member : value.set()) {
    size += value.is(AttributeType::kNumberSet) ? NumberSize(member) : member.size();
  }
  return size;
}

}  // namespace

std::size_t SizeOf(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
    case AttributeType::kBinary:
      return value.text().size();
    case AttributeType::kNumber:
      return NumberSize(value.text());
    case AttributeType::kBool:
    case AttributeType::kNull:
      return 1;
    case AttributeType::kList: {
      std::size_t size = kContainerBytes;
      for (const AttributeValue& element : value.list())
        size += kElementBytes + SizeOf(element);
      return size;
    }
    case AttributeType::kMap:
      return kContainerBytes + SizeOf(value.map()) + kElementBytes * value.map().size();
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return SizeOfSet(value);
  }
  return 0;
}

std::size_t SizeOf(const Item& item) {
  std::size_t size = 0;
  for (const Attribute& attribute : item)
    size += attribute.name.size() + SizeOf(attribute.value);
  return size;
}

aws::Outcome<Unit> CheckItemSize(const Item& item) {
  if (SizeOf(item) > kMaxItemBytes)
    return Invalid("Item size has exceeded the maximum allowed size");
  return Ok();
}

double ReadUnits(std::size_t bytes, ReadKind kind) {
  const double units = UnitsOf(bytes, 4096);
  if (kind == ReadKind::kEventual) return units / 2;
  return kind == ReadKind::kTransactional ? units * 2 : units;
}

double WriteUnits(std::size_t bytes, WriteKind kind) {
  const double units = UnitsOf(bytes, 1024);
  return kind == WriteKind::kTransactional ? units * 2 : units;
}

}  // namespace offstage::dynamodb
