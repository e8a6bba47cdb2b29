#include "dynamodb/value/number.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/text.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

// Holds every sum of two 38-digit coefficients: 2 * 10^38 < 2^128.
__extension__ using Wide = unsigned __int128;

constexpr const char* kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr const char* kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr const char* kTooPrecise =
    "Attempting to store more than 38 significant digits in a Number";

Failure<aws::ApiError> NotNumeric(std::string_view text, ValueLayer layer) {
  if (text.empty() && layer == ValueLayer::kOlder) {
    return Invalid("The parameter cannot be converted to a numeric value");
  }
  return Invalid(fmt::format("The parameter cannot be converted to a numeric value: {}", text));
}

// Integers of up to 18 digits without sign noise, as most numbers are: already canonical.
bool IsPlainInteger(std::string_view text) {
  const std::size_t start = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t count = text.size() - start;
  if (count == 0 || count > 18) return false;
  if (text[start] == '0') return text.size() == 1;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), IsDigit);
}

// Text split at its parts, not yet judged.
struct Scanned {
  bool negative = false;
  // Digits before and behind the point.
  std::string_view whole;
  std::string_view fraction;
  // With sign; empty when there is none.
  std::string_view exponent;
};

std::size_t DigitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end]))
    ++end;
  return end;
}

bool Scan(std::string_view text, Scanned& scanned) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-'))
    scanned.negative = text[at++] == '-';
  std::size_t end = DigitsAt(text, at);
  scanned.whole = text.substr(at, end - at);
  at = end;
  if (at < text.size() && text[at] == '.') {
    end = DigitsAt(text, at + 1);
    scanned.fraction = text.substr(at + 1, end - at - 1);
    at = end;
  }
  if (scanned.whole.empty() && scanned.fraction.empty()) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  scanned.exponent = text.substr(at + 1);
  std::size_t digits = at + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  return digits < text.size() && DigitsAt(text, digits) == text.size();
}

// Null when it does not fit a 64-bit integer.
bool ReadExponent(std::string_view text, std::int64_t& value) {
  value = 0;
  if (text.empty()) return true;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  for (const char c : text) {
    const std::int64_t digit = c - '0';
    if (value < (std::numeric_limits<std::int64_t>::min() + digit) / 10) return false;
    value = value * 10 - digit;
  }
  if (negative) return true;
  if (value == std::numeric_limits<std::int64_t>::min()) return false;
  value = -value;
  return true;
}

// The exponent of the first digit as each layer computes it. False: not a number to the layer.
bool MagnitudeOf(std::int64_t exponent, std::int64_t precision, std::int64_t fraction_digits,
                 ValueLayer layer, std::int64_t& magnitude) {
  if (layer == ValueLayer::kCurrent) {
    // Far beyond any range, so that adding to it cannot overflow.
    const std::int64_t clamped = std::clamp<std::int64_t>(exponent, -(1LL << 40), 1LL << 40);
    magnitude = clamped + precision - fraction_digits - 1;
    return true;
  }
  // Java's BigDecimal: a scale of 32 bits, and a subtraction that wraps.
  if (exponent > (1LL << 33) || exponent < -(1LL << 33)) return false;
  const std::int64_t scale = fraction_digits - exponent;
  if (scale > std::numeric_limits<std::int32_t>::max() ||
      scale < std::numeric_limits<std::int32_t>::min()) {
    return false;
  }
  const auto wrapped = static_cast<std::int32_t>(static_cast<std::uint32_t>(precision) -
                                                 static_cast<std::uint32_t>(scale));
  magnitude = std::int64_t{wrapped} - 1;
  return true;
}

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i)
    power *= 10;
  return power;
}

Wide Coefficient(const NumberParts& parts) {
  Wide value = 0;
  for (int i = 0; i < parts.digit_count; ++i) {
    value = value * 10 + static_cast<Wide>(parts.digits[i] - '0');
  }
  return value;
}

// `value` * 10^last_exponent, trimmed; false when it has more than 38 digits.
bool FromCoefficient(Wide value, int last_exponent, NumberParts& parts) {
  char reversed[40];
  int count = 0;
  while (value != 0) {
    const int digit = static_cast<int>(value % 10);
    value /= 10;
    if (count == 0 && digit == 0) {
      ++last_exponent;
      continue;
    }
    reversed[count++] = static_cast<char>('0' + digit);
  }
  if (count > kMaxNumberDigits) return false;
  parts.digit_count = count;
  parts.exponent = last_exponent + count - 1;
  std::reverse_copy(reversed, reversed + count, parts.digits);
  return true;
}

aws::Outcome<std::string> Finish(const NumberParts& parts) {
  if (parts.digit_count == 0) return std::string("0");
  if (parts.exponent > kMaxNumberExponent) return Invalid(kOverflow);
  if (parts.exponent < kMinNumberExponent) return Invalid(kUnderflow);
  return PutTogether(parts);
}

aws::Outcome<std::string> Sum(const NumberParts& a, const NumberParts& b) {
  if (a.digit_count == 0) return Finish(b);
  if (b.digit_count == 0) return Finish(a);
  const int last_a = a.exponent - a.digit_count + 1;
  const int last_b = b.exponent - b.digit_count + 1;
  const NumberParts& high = last_a >= last_b ? a : b;
  const NumberParts& low = last_a >= last_b ? b : a;
  const int last = std::min(last_a, last_b);
  const int shift = std::max(last_a, last_b) - last;
  // The lowest digit stays, so the sum needs all digits between it and the highest. 39 can become
  // 38 by subtraction only below 2 * 10^38, which still fits.
  const int digits = high.digit_count + shift;
  if (digits > 39 || (digits == 39 && high.digits[0] != '1')) return Invalid(kOverflow);
  const Wide high_value = Coefficient(high) * PowerOfTen(shift);
  const Wide low_value = Coefficient(low);
  NumberParts result;
  Wide value = 0;
  if (high.negative == low.negative) {
    result.negative = high.negative;
    value = high_value + low_value;
  } else {
    result.negative = high_value >= low_value ? high.negative : low.negative;
    value = high_value >= low_value ? high_value - low_value : low_value - high_value;
  }
  if (!FromCoefficient(value, last, result)) return Invalid(kOverflow);
  return Finish(result);
}

int CompareMagnitudes(std::string_view a, std::string_view b) {
  const std::size_t whole_a = std::min(a.find('.'), a.size());
  const std::size_t whole_b = std::min(b.find('.'), b.size());
  if (whole_a != whole_b) return whole_a < whole_b ? -1 : 1;
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace

aws::Outcome<std::string> NormalizeNumber(std::string_view text, ValueLayer layer) {
  if (IsPlainInteger(text)) return std::string(text);
  Scanned scanned;
  std::int64_t exponent = 0;
  if (!Scan(text, scanned) || !ReadExponent(scanned.exponent, exponent)) {
    return NotNumeric(text, layer);
  }
  // All digits as one run: first significant one to last significant one.
  const std::size_t total = scanned.whole.size() + scanned.fraction.size();
  const auto digit_at = [&](std::size_t i) {
    return i < scanned.whole.size() ? scanned.whole[i] : scanned.fraction[i - scanned.whole.size()];
  };
  std::size_t first = 0;
  while (first < total && digit_at(first) == '0')
    ++first;
  std::size_t end = total;
  while (end > first && digit_at(end - 1) == '0')
    --end;

  // Zero counts as one digit: its magnitude is that of the exponent that it is written with.
  const auto precision = static_cast<std::int64_t>(first == total ? 1 : total - first);
  std::int64_t magnitude = 0;
  if (!MagnitudeOf(exponent, precision, static_cast<std::int64_t>(scanned.fraction.size()), layer,
                   magnitude)) {
    return NotNumeric(text, layer);
  }
  if (magnitude > kMaxNumberExponent) return Invalid(kOverflow);
  if (magnitude < kMinNumberExponent) return Invalid(kUnderflow);
  if (end - first > kMaxNumberDigits) return Invalid(kTooPrecise);

  NumberParts parts;
  parts.negative = scanned.negative;
  parts.digit_count = static_cast<int>(end - first);
  parts.exponent = static_cast<int>(magnitude);
  for (std::size_t i = first; i < end; ++i)
    parts.digits[i - first] = digit_at(i);
  return PutTogether(parts);
}

int CompareNumbers(std::string_view a, std::string_view b) {
  const bool negative_a = !a.empty() && a[0] == '-';
  const bool negative_b = !b.empty() && b[0] == '-';
  if (negative_a != negative_b) return negative_a ? -1 : 1;
  if (negative_a) return CompareMagnitudes(b.substr(1), a.substr(1));
  return CompareMagnitudes(a, b);
}

aws::Outcome<std::string> AddNumbers(std::string_view a, std::string_view b) {
  return Sum(TakeApart(a), TakeApart(b));
}

aws::Outcome<std::string> SubtractNumbers(std::string_view a, std::string_view b) {
  NumberParts subtrahend = TakeApart(b);
  subtrahend.negative = !subtrahend.negative;
  return Sum(TakeApart(a), subtrahend);
}

// Not what the developer guide says ("1 byte per two significant digits plus 1 byte"): digits
// before and behind the point are counted apart, each half rounded up, and a sign costs a byte.
std::size_t NumberSize(std::string_view canonical) {
  if (canonical == "0") return 1;
  const bool negative = canonical[0] == '-';
  if (negative) canonical.remove_prefix(1);
  const std::size_t point = canonical.find('.');
  std::string_view whole = canonical.substr(0, point);
  std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : canonical.substr(point + 1);
  if (whole == "0") {
    whole = {};
    fraction.remove_prefix(std::min(fraction.find_first_not_of('0'), fraction.size()));
  }
  if (fraction.empty()) {
    while (!whole.empty() && whole.back() == '0')
      whole.remove_suffix(1);
  }
  return 1 + (whole.size() + 1) / 2 + (fraction.size() + 1) / 2 + (negative ? 1 : 0);
}

NumberParts TakeApart(std::string_view canonical) {
  NumberParts parts;
  if (canonical == "0") return parts;
  std::size_t at = 0;
  if (canonical[0] == '-') {
    parts.negative = true;
    at = 1;
  }
  const std::size_t point = std::min(canonical.find('.'), canonical.size());
  parts.exponent = static_cast<int>(point - at) - 1;
  bool leading = true;
  int pending_zeros = 0;
  for (; at < canonical.size(); ++at) {
    const char c = canonical[at];
    if (c == '.') continue;
    if (c == '0') {
      // Either before the first digit (of a fraction), or maybe behind the last one.
      if (leading) {
        --parts.exponent;
      } else {
        ++pending_zeros;
      }
      continue;
    }
    leading = false;
    OFFSTAGE_CHECK(parts.digit_count + pending_zeros < kMaxNumberDigits, "a canonical number fits");
    for (; pending_zeros > 0; --pending_zeros)
      parts.digits[parts.digit_count++] = '0';
    parts.digits[parts.digit_count++] = c;
  }
  return parts;
}

std::string PutTogether(const NumberParts& parts) {
  if (parts.digit_count == 0) return "0";
  const auto count = static_cast<std::size_t>(parts.digit_count);
  std::string text;
  if (parts.negative) text += '-';
  if (parts.exponent < 0) {
    text += "0.";
    text.append(static_cast<std::size_t>(-parts.exponent - 1), '0');
    text.append(parts.digits, count);
    return text;
  }
  const auto whole = static_cast<std::size_t>(parts.exponent) + 1;
  text.append(parts.digits, std::min(count, whole));
  if (whole >= count) {
    text.append(whole - count, '0');
    return text;
  }
  text += '.';
  text.append(parts.digits + whole, count - whole);
  return text;
}

}  // namespace offstage::dynamodb
