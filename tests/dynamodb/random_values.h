// Random values for property tests and fuzzing, the same on every run and machine.
#pragma once

#include <cstdint>
#include <string>

#include "dynamodb/value/attribute_value.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

// SplitMix64; the standard's distributions differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 to `count` - 1.
  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(Next() % count); }
  bool OneIn(std::size_t count) { return Below(count) == 0; }

 private:
  std::uint64_t state_;
};

// Canonical; a few digits and small exponents more often than not, so that numbers meet.
inline std::string RandomNumber(Random& random) {
  NumberParts parts;
  const int digits = static_cast<int>(random.OneIn(4) ? random.Below(39) : random.Below(4));
  parts.negative = random.OneIn(2);
  parts.digit_count = digits;
  parts.exponent = random.OneIn(4) ? static_cast<int>(random.Below(256)) - 130
                                   : static_cast<int>(random.Below(6)) - 3;
  for (int i = 0; i < digits; ++i) {
    const bool edge = i == 0 || i == digits - 1;
    parts.digits[i] = static_cast<char>((edge ? '1' : '0') + random.Below(edge ? 9 : 10));
  }
  if (digits == 0) parts.negative = false;
  return PutTogether(parts);
}

inline std::string RandomText(Random& random) {
  static const char* const kPieces[] = {
      "a", "b",  "\"", "\\", "\n", "\x01", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
      "/", "{}", "zz"};
  std::string text;
  for (std::size_t i = random.Below(6); i > 0; --i)
    text += kPieces[random.Below(12)];
  return text;
}

inline std::string RandomBytes(Random& random) {
  std::string bytes;
  for (std::size_t i = random.Below(6); i > 0; --i) {
    bytes += static_cast<char>(random.OneIn(3) ? (random.OneIn(2) ? 0 : 0xFF) : random.Below(256));
  }
  return bytes;
}

inline AttributeValue RandomValue(Random& random, int depth);

inline Item RandomItem(Random& random, int depth) {
  Item item;
  for (std::size_t i = random.Below(5); i > 0; --i) {
    item.Set("k" + RandomText(random), RandomValue(random, depth + 1));
  }
  return item;
}

inline AttributeSet RandomSet(Random& random, AttributeType type) {
  AttributeSet set;
  for (std::size_t i = 1 + random.Below(4); i > 0; --i) {
    set.push_back(type == AttributeType::kNumberSet   ? RandomNumber(random)
                  : type == AttributeType::kStringSet ? RandomText(random)
                                                      : RandomBytes(random));
  }
  return set;
}

inline AttributeValue RandomValue(Random& random, int depth) {
  auto type = static_cast<AttributeType>(random.Below(10));
  if (depth > 4 && (type == AttributeType::kList || type == AttributeType::kMap)) {
    type = AttributeType::kNull;
  }
  switch (type) {
    case AttributeType::kString:
      return AttributeValue::String(RandomText(random));
    case AttributeType::kNumber:
      return AttributeValue::Number(RandomNumber(random));
    case AttributeType::kBinary:
      return AttributeValue::Binary(RandomBytes(random));
    case AttributeType::kBool:
      return AttributeValue::Bool(random.OneIn(2));
    case AttributeType::kNull:
      return AttributeValue::Null();
    case AttributeType::kList: {
      AttributeList list;
      for (std::size_t i = random.Below(4); i > 0; --i)
        list.push_back(RandomValue(random, depth + 1));
      return AttributeValue::List(std::move(list));
    }
    case AttributeType::kMap:
      return AttributeValue::Map(RandomItem(random, depth));
    default:
      return AttributeValue::Set(type, RandomSet(random, type));
  }
}

// `text` with a few bytes changed, removed, doubled, or replaced by one of `pieces`.
template <std::size_t kCount>
std::string Mutate(std::string text, const char* const (&pieces)[kCount], Random& random) {
  for (std::size_t i = 1 + random.Below(4); i > 0 && !text.empty(); --i) {
    const std::size_t at = random.Below(text.size());
    switch (random.Below(5)) {
      case 0:
        text[at] = static_cast<char>(random.Below(256));
        break;
      case 1:
        text.erase(at, 1 + random.Below(4));
        break;
      case 2:
        text.insert(at, text.substr(at, 1 + random.Below(20)));
        break;
      case 3:
        text.insert(at, pieces[random.Below(kCount)]);
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

}  // namespace offstage::dynamodb
