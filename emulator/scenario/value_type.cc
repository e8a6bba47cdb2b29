#include "scenario/value_type.h"

#include <charconv>
#include <cmath>
#include <map>

#include "base/text.h"

namespace offstage::scenario {

namespace {

// Formats of texts. As strict as what services print, no stricter.
const std::map<std::string, std::string, std::less<>>& Formats() {
  static const std::map<std::string, std::string, std::less<>> formats = {
      {"uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"},
      {"date-time", R"(^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$)"},
      {"date", R"(^\d{4}-\d\d-\d\d$)"},
      {"time", R"(^\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?$)"},
      {"email", R"(^[^@\s]+@[^@\s]+\.[^@\s]+$)"},
      {"url", R"(^[a-z][a-z0-9+.-]*://\S+$)"},
      {"base64", R"(^[A-Za-z0-9+/]*={0,2}$)"},
      {"jwt", R"(^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$)"},
  };
  return formats;
}

const std::vector<std::string>& Kinds() {
  static const std::vector<std::string> kinds = {
      "string",  "number", "integer",   "boolean", "list", "object", "null", "any",    "absent",
      "present", "uuid",   "date-time", "date",    "time", "email",  "url",  "base64", "jwt"};
  return kinds;
}

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsWhole(const Json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number_float() && std::nearbyint(value.get<double>()) == value.get<double>();
}

}  // namespace

bool LooksLikeValueType(std::string_view text) {
  if (text.size() < 3 || text.front() != '<' || text.back() != '>') return false;
  if (text[1] == '/') return text.size() > 4 && text[text.size() - 2] == '/';
  const std::string_view inside = text.substr(1, text.size() - 2);
  return inside.find_first_of("<>=\"'\n") == std::string_view::npos && inside.front() != '!';
}

Result<ValueType> ValueType::Parse(std::string_view text) {
  ValueType type;
  std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.front() == '/') {
    OFFSTAGE_TRY(type.regex_, Regex::Compile(std::string(inside.substr(1, inside.size() - 2))));
    type.kind_ = "string";
    return type;
  }
  const bool only_range = inside.find_first_of("0123456789.-") == 0;
  const auto blank = only_range ? 0 : inside.find(' ');
  type.kind_ = only_range ? "number" : std::string(inside.substr(0, blank));
  const std::string_view range =
      blank == std::string_view::npos ? std::string_view() : Trim(inside.substr(blank));
  if (std::find(Kinds().begin(), Kinds().end(), type.kind_) == Kinds().end()) {
    const auto nearest = NearestName(type.kind_, Kinds());
    return Fail(Error{fmt::format(
        "{} names no kind of value; {}; to compare with that very text, write {{$exactly: '{}'}}",
        text,
        nearest ? fmt::format("did you mean <{}>?", *nearest)
                : "there are <" + Join(Kinds(), ">, <") + ">",
        text)});
  }
  if (const auto format = Formats().find(type.kind_); format != Formats().end()) {
    OFFSTAGE_TRY(type.regex_, Regex::Compile(format->second));
    type.kind_ = "string";
  }
  if (range.empty()) return type;
  const auto dots = range.find("..");
  const std::string_view low = range.substr(0, dots);
  const std::string_view high = dots == std::string_view::npos ? low : range.substr(dots + 2);
  if (!low.empty()) type.least_ = ParseNumber(low);
  if (!high.empty()) type.most_ = ParseNumber(high);
  if ((!low.empty() && !type.least_) || (!high.empty() && !type.most_) ||
      (low.empty() && high.empty())) {
    return Fail(Error{
        fmt::format("{}: a range is written 0..100, 1.., ..250 or 3, not '{}'", text, range)});
  }
  return type;
}

bool ValueType::SizeFits(const Json& actual) const {
  if (!least_ && !most_) return true;
  const auto length = actual.is_number() ? std::nullopt : LengthOf(actual);
  if (!actual.is_number() && !length) return false;
  const double size = length ? static_cast<double>(*length) : actual.get<double>();
  return (!least_ || size >= *least_) && (!most_ || size <= *most_);
}

bool ValueType::Fits(const Json* actual) const {
  if (kind_ == "absent") return actual == nullptr;
  if (actual == nullptr) return false;
  const bool kind_fits =
      kind_ == "present" || (kind_ == "any" && !actual->is_null()) ||
      (kind_ == "string" && actual->is_string()) || (kind_ == "number" && actual->is_number()) ||
      (kind_ == "integer" && IsWhole(*actual)) || (kind_ == "boolean" && actual->is_boolean()) ||
      (kind_ == "list" && actual->is_array()) || (kind_ == "object" && actual->is_object()) ||
      (kind_ == "null" && actual->is_null());
  if (!kind_fits || !SizeFits(*actual)) return false;
  return !regex_ || regex_->Finds(actual->get_ref<const std::string&>());
}

std::optional<std::size_t> LengthOf(const Json& value) {
  if (value.is_array() || value.is_object()) return value.size();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace offstage::scenario
