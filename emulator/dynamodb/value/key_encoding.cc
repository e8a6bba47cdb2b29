#include "dynamodb/value/key_encoding.h"

#include <algorithm>

#include "base/check.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace {

// A number's bytes: sign; exponent of the first digit, from 0 up; pairs of digits as 1 to 100.
// Digits end without zeros, so a shorter run that is a prefix of a longer one is the smaller
// number. Negative numbers have exponent and pairs complemented, and a terminator above all pairs
// because for them the prefix is the larger one.
constexpr unsigned char kNegative = 1;
constexpr unsigned char kZero = 2;
constexpr unsigned char kPositive = 3;
constexpr unsigned char kNegativeEnd = 0xFF;

// In composite keys a zero byte is followed by one of these.
constexpr char kComponentEnd = '\x00';
constexpr char kEscapedZero = '\xFF';

void AppendNumber(std::string_view canonical, std::string& out) {
  const NumberParts parts = TakeApart(canonical);
  if (parts.digit_count == 0) {
    out += static_cast<char>(kZero);
    return;
  }
  const unsigned flip = parts.negative ? 0xFF : 0;
  out += static_cast<char>(parts.negative ? kNegative : kPositive);
  out += static_cast<char>(static_cast<unsigned>(parts.exponent - kMinNumberExponent) ^ flip);
  for (int i = 0; i < parts.digit_count; i += 2) {
    const int low = i + 1 < parts.digit_count ? parts.digits[i + 1] - '0' : 0;
    const int pair = (parts.digits[i] - '0') * 10 + low;
    out += static_cast<char>(static_cast<unsigned>(pair + 1) ^ flip);
  }
  if (parts.negative) out += static_cast<char>(kNegativeEnd);
}

std::optional<AttributeValue> DecodeNumber(std::string_view bytes) {
  if (bytes.size() == 1 && bytes[0] == static_cast<char>(kZero)) return AttributeValue::Number("0");
  NumberParts parts;
  if (bytes.size() < 3) return std::nullopt;
  const auto sign = static_cast<unsigned char>(bytes[0]);
  if (sign != kNegative && sign != kPositive) return std::nullopt;
  parts.negative = sign == kNegative;
  const unsigned flip = parts.negative ? 0xFF : 0;
  parts.exponent =
      static_cast<int>(static_cast<unsigned char>(bytes[1]) ^ flip) + kMinNumberExponent;
  bytes.remove_prefix(2);
  if (parts.negative) {
    if (static_cast<unsigned char>(bytes.back()) != kNegativeEnd) return std::nullopt;
    bytes.remove_suffix(1);
  }
  if (bytes.empty() || bytes.size() > kMaxNumberDigits / 2) return std::nullopt;
  for (const char c : bytes) {
    const int pair = static_cast<int>(static_cast<unsigned char>(c) ^ flip) - 1;
    if (pair < 0 || pair > 99) return std::nullopt;
    parts.digits[parts.digit_count++] = static_cast<char>('0' + pair / 10);
    parts.digits[parts.digit_count++] = static_cast<char>('0' + pair % 10);
  }
  if (parts.digits[parts.digit_count - 1] == '0') --parts.digit_count;
  if (parts.digits[0] == '0' || parts.digits[parts.digit_count - 1] == '0') return std::nullopt;
  return AttributeValue::Number(PutTogether(parts));
}

void AppendEscaped(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    out += c;
    if (c == '\0') out += kEscapedZero;
  }
}

}  // namespace

std::string EncodeKey(const AttributeValue& value) {
  if (value.is_number()) {
    std::string out;
    AppendNumber(value.text(), out);
    return out;
  }
  return value.text();
}

void AppendKey(const AttributeValue& value, std::string& out) {
  if (value.is_number()) {
    AppendNumber(value.text(), out);
    return;
  }
  out += value.text();
}

void AppendKeyComponentPrefix(const AttributeValue& value, std::string& out) {
  AppendEscaped(EncodeKey(value), out);
}

void AppendKeyComponent(const AttributeValue& value, std::string& out) {
  AppendKeyComponentPrefix(value, out);
  out += '\0';
  out += kComponentEnd;
}

std::optional<AttributeValue> DecodeKey(AttributeType type, std::string_view bytes) {
  switch (type) {
    case AttributeType::kString:
      return AttributeValue::String(std::string(bytes));
    case AttributeType::kBinary:
      return AttributeValue::Binary(std::string(bytes));
    case AttributeType::kNumber:
      return DecodeNumber(bytes);
    default:
      OFFSTAGE_CHECK(false, "keys are S, N or B");
      return std::nullopt;
  }
}

std::optional<AttributeValue> TakeKeyComponent(AttributeType type, std::string_view& bytes) {
  std::string component;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    if (bytes[i] != '\0') {
      component += bytes[i];
      continue;
    }
    if (bytes[i + 1] == kComponentEnd) {
      bytes.remove_prefix(i + 2);
      return DecodeKey(type, component);
    }
    if (bytes[i + 1] != kEscapedZero) return std::nullopt;
    component += '\0';
    ++i;
  }
  return std::nullopt;
}

std::optional<std::string> PrefixEnd(std::string_view prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) {
    prefix.remove_suffix(1);
  }
  if (prefix.empty()) return std::nullopt;
  std::string end(prefix);
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// FNV-1a, then the finaliser of MurmurHash3, without which similar keys stay close together.
std::uint32_t PartitionHash(std::string_view partition_key) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : partition_key) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  return static_cast<std::uint32_t>(hash % kHashSpace);
}

HashRange SegmentRange(std::uint32_t segment, std::uint32_t total_segments) {
  OFFSTAGE_CHECK(segment < total_segments, "segments count from 0");
  return {.first = kHashSpace * segment / total_segments,
          .end = kHashSpace * (std::uint64_t{segment} + 1) / total_segments};
}

}  // namespace offstage::dynamodb
