// DynamoDB numbers: decimals of up to 38 significant digits, exact. The canonical form is the text
// that the service prints: no exponent, no leading zeros, no trailing zeros behind the point, "0"
// for every zero. Values are 0 or lie between 1E-130 and 9.99...E+125 in magnitude.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::dynamodb {

inline constexpr int kMaxNumberDigits = 38;
// Decimal exponents of the first digit: 1E-130 is the smallest magnitude, 9.9E+125 the largest.
inline constexpr int kMinNumberExponent = -130;
inline constexpr int kMaxNumberExponent = 125;

// The service checks values in one of two layers, which word some faults differently and read
// exponents beyond 32 bits differently. PutItem, UpdateItem, DeleteItem (each inside "1 validation
// error detected: "), GetItem, BatchGetItem and Query run the current one; BatchWriteItem, Scan
// and, in most regions, the transactions the older one.
enum class ValueLayer { kCurrent, kOlder };

// The canonical form of `text`: "1E+3" gives "1000", "-0.50" gives "-0.5". Fails with the service's
// ValidationException for text that is no number, more than 38 significant digits, and magnitudes
// out of range.
aws::Outcome<std::string> NormalizeNumber(std::string_view text,
                                          ValueLayer layer = ValueLayer::kCurrent);

// -1, 0 or 1. Both canonical.
int CompareNumbers(std::string_view a, std::string_view b);

// Exact. Fails with the service's ValidationException for a result out of range or of more than 38
// digits, which it calls an overflow too. Both canonical.
aws::Outcome<std::string> AddNumbers(std::string_view a, std::string_view b);
aws::Outcome<std::string> SubtractNumbers(std::string_view a, std::string_view b);

// Bytes that a canonical number counts for in an item's size.
std::size_t NumberSize(std::string_view canonical);

// A canonical number taken apart: value = 0.d1d2d3... * 10^(exponent + 1), digits without zeros at
// either end.
struct NumberParts {
  bool negative = false;
  // 0 for zero.
  int digit_count = 0;
  // Of the first digit: 3 for 1000.
  int exponent = 0;
  // '0' to '9'.
  char digits[kMaxNumberDigits] = {};
};
NumberParts TakeApart(std::string_view canonical);
// Back; `parts` must be in range.
std::string PutTogether(const NumberParts& parts);

}  // namespace offstage::dynamodb
