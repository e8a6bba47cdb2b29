// ValueType: `<integer 0..100>`, `<uuid>`, `</^a+$/>`, `<..250>`: the kind and size of a value in
// one short text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/regex.h"
#include "base/result.h"

namespace offstage::scenario {

// Whether a text is meant as one: the whole of it stands in one pair of angle brackets.
bool LooksLikeValueType(std::string_view text);

// Thread-compatible.
class ValueType {
 public:
  // Fails naming the kinds there are.
  static Result<ValueType> Parse(std::string_view text);

  // `actual` null: there is no value.
  bool Fits(const Json* actual) const;

 private:
  bool SizeFits(const Json& actual) const;

  std::string kind_;
  std::optional<double> least_;
  std::optional<double> most_;
  std::optional<Regex> regex_;
};

// Characters of a text, elements of a list, members of an object; null for the rest.
std::optional<std::size_t> LengthOf(const Json& value);

}  // namespace offstage::scenario
