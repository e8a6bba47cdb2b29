#include "dynamodb/partiql/values.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/invalid.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb::partiql {

namespace {

using Kind = Expression::Kind;

// How texts call what cannot be stored.
std::string NameOf(const Expression& expression) {
  if (expression.kind == Kind::kPath) return expression.parts[0].text;
  if (expression.kind == Kind::kMissing) return "missing";
  return expression.text;
}

int DepthOf(const AttributeValue& value) {
  int deepest = 0;
  if (value.is_list()) {
    for (const AttributeValue& element : value.list())
      deepest = std::max(deepest, DepthOf(element));
  } else if (value.is_map()) {
    for (const Attribute& member : value.map())
      deepest = std::max(deepest, DepthOf(member.value));
  }
  return deepest + 1;
}

class Converter {
 public:
  explicit Converter(const Parameters& parameters) : parameters_(parameters) {}

  aws::Outcome<AttributeValue> Convert(const Expression& expression, const std::string& path) {
    switch (expression.kind) {
      case Kind::kString:
        return AttributeValue::String(expression.text);
      case Kind::kNumber:
        return ConvertNumber(expression, path);
      case Kind::kTrue:
        return AttributeValue::Bool(true);
      case Kind::kFalse:
        return AttributeValue::Bool(false);
      case Kind::kNull:
        return AttributeValue::Null();
      case Kind::kParameter:
        return parameters_[expression.index];
      case Kind::kList:
        return ConvertList(expression, path);
      case Kind::kBag:
        return ConvertBag(expression, path);
      case Kind::kStruct:
        return ConvertStruct(expression, path);
      default:
        return Unsupported(expression, path);
    }
  }

 private:
  static Failure<aws::ApiError> Unsupported(const Expression& expression, const std::string& path) {
    return Invalid(fmt::format("Unsupported data type: {} under key {} at {}", NameOf(expression),
                               path, ToText(expression.position)));
  }

  static aws::Outcome<AttributeValue> ConvertNumber(const Expression& expression,
                                                    const std::string& path) {
    auto number = NormalizeNumber(expression.text, ValueLayer::kOlder);
    if (!number.ok()) return Invalid(fmt::format("{} under {}", number.error().message, path));
    return AttributeValue::Number(std::move(number).value());
  }

  aws::Outcome<AttributeValue> ConvertList(const Expression& expression, const std::string& path) {
    AttributeList list;
    for (const Expression& part : expression.parts) {
      OFFSTAGE_TRY(AttributeValue value, Convert(part, fmt::format("{}[{}]", path, list.size())));
      list.push_back(std::move(value));
    }
    return AttributeValue::List(std::move(list));
  }

  aws::Outcome<AttributeValue> ConvertStruct(const Expression& expression,
                                             const std::string& path) {
    Item::Storage members;
    for (std::size_t i = 0; i + 1 < expression.parts.size(); i += 2) {
      const Expression& key = expression.parts[i];
      if (key.kind != Kind::kString) return Unsupported(key, path);
      OFFSTAGE_TRY(AttributeValue value,
                   Convert(expression.parts[i + 1], fmt::format("{}.{}", path, key.text)));
      members.push_back({key.text, std::move(value)});
    }
    return AttributeValue::Map(Item::FromUnsorted(std::move(members)));
  }

  aws::Outcome<AttributeValue> ConvertBag(const Expression& expression, const std::string& path) {
    if (expression.parts.empty()) return Invalid("Empty bags are not supported");
    AttributeSet members;
    std::optional<AttributeType> type;
    std::string shown;
    for (const Expression& part : expression.parts) {
      OFFSTAGE_TRY(AttributeValue value, Convert(part, path));
      const bool binary = part.kind == Kind::kParameter && value.is(AttributeType::kBinary);
      if ((!value.is_string() && !value.is_number() && !binary) ||
          (type && value.type() != *type)) {
        return Invalid(
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in "
            "bags");
      }
      type = value.type();
      if (!shown.empty()) shown += ", ";
      shown += value.text();
      members.push_back(value.text());
    }
    AttributeSet sorted = members;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
      return InvalidValue(fmt::format("Input collection [{}] contains duplicates.", shown));
    }
    if (*type == AttributeType::kNumber) return AttributeValue::NumberSet(std::move(members));
    if (*type == AttributeType::kBinary) return AttributeValue::BinarySet(std::move(members));
    return AttributeValue::StringSet(std::move(members));
  }

  const Parameters& parameters_;
};

}  // namespace

aws::Outcome<AttributeValue> ToValue(const Expression& expression, const Parameters& parameters) {
  OFFSTAGE_TRY(AttributeValue value, Converter(parameters).Convert(expression, "root"));
  if (DepthOf(value) > kMaxNesting) {
    return Invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit");
  }
  return value;
}

bool IsValue(const Expression& expression) {
  switch (expression.kind) {
    case Kind::kString:
    case Kind::kNumber:
    case Kind::kTrue:
    case Kind::kFalse:
    case Kind::kNull:
    case Kind::kParameter:
    case Kind::kList:
    case Kind::kBag:
    case Kind::kStruct:
      return true;
    default:
      return false;
  }
}

Path ToPath(const Expression& expression) {
  Path path;
  for (const Expression& part : expression.parts) {
    if (part.kind == Kind::kNumber) {
      path.steps.emplace_back(part.index);
    } else {
      path.steps.emplace_back(part.text);
    }
  }
  return path;
}

}  // namespace offstage::dynamodb::partiql
