// DynamoDB numbers: decimals of up to 38 significant digits, exact. The canonical form is the text
// that the service prints: no exponent, no leading zeros, no trailing zeros behind the point, "0"
// for every zero. Values are 0 or lie between 1E-130 and 9.99...E+125 in magnitude.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::dynamodb {

inline constexpr int kMaxNumberDigits = 38;
// Decimal exponents of the first digit: 1E-130 is the smallest magnitude, 9.9E+125 the largest.
inline constexpr int kMinNumberExponent = -130;
inline constexpr int kMaxNumberExponent = 125;

// The canonical form of `text`: "1E+3" gives "1000", "-0.50" gives "-0.5". Fails with the service's
// ValidationException for text that is no number, more than 38 significant digits, and magnitudes
// out of range.
aws::Outcome<std::string> NormalizeNumber(std::string_view text);

// -1, 0 or 1. Both canonical.
int CompareNumbers(std::string_view a, std::string_view b);

// Exact when the result has at most 38 digits, else rounded half even to 38 as the service does.
// Fails with the service's ValidationException for a result out of range. Both canonical.
aws::Outcome<std::string> AddNumbers(std::string_view a, std::string_view b);
aws::Outcome<std::string> SubtractNumbers(std::string_view a, std::string_view b);

// Significant digits of a canonical number, and the exponent of ten of its first digit ("1000" is
// one digit, exponent 3). Used for item sizes and key bytes.
struct NumberShape {
  bool negative = false;
  bool zero = false;
  int digits = 0;
  int exponent = 0;
};
NumberShape ShapeOfNumber(std::string_view canonical);

}  // namespace offstage::dynamodb
