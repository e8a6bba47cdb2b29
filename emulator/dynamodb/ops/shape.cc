#include "dynamodb/ops/shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "dynamodb/errors.h"

namespace offstage::dynamodb {

namespace {

using Kind = Shape::Kind;

constexpr std::string_view kModel = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kArnPrefix = "arn:aws:dynamodb:";
// The service stops counting here.
constexpr std::size_t kMaxViolations = 10;
// Deeper attribute values are refused by the value parser in its own words; the walk stops here.
constexpr int kMaxValueDepth = 64;

aws::Outcome<Unit> Malformed(std::string message) {
  return Fail(SerializationError(std::move(message)));
}

std::string LowerFirst(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z')
    out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

// ---- JSON types -------------------------------------------------------------------------------

// "NUMBER_VALUE", the token names of the service's JSON reader.
std::string_view TokenName(Node node) {
  switch (node.kind()) {
    case JsonKind::kTrue:
      return "TRUE_VALUE";
    case JsonKind::kFalse:
      return "FALSE_VALUE";
    case JsonKind::kNumber:
      return node.text().find_first_of(".eE") == std::string_view::npos ? "NUMBER_VALUE"
                                                                        : "DECIMAL_VALUE";
    default:
      return "STRING_VALUE";
  }
}

std::string_view JavaName(Kind kind) {
  switch (kind) {
    case Kind::kBoolean:
      return "Boolean";
    case Kind::kInteger:
      return "Integer";
    case Kind::kLong:
      return "Long";
    case Kind::kDouble:
      return "Double";
    default:
      return "String";
  }
}

aws::Outcome<Unit> CheckScalar(const Shape& shape, Node node) {
  const std::string_view java = JavaName(shape.kind);
  if (node.is_array())
    return Malformed(fmt::format("Unrecognized collection type class java.lang.{}", java));
  if (node.is_object()) return Malformed("Start of structure or map found where not expected");
  const bool number =
      shape.kind == Kind::kInteger || shape.kind == Kind::kLong || shape.kind == Kind::kDouble;
  switch (node.kind()) {
    case JsonKind::kNumber:
      if (number) return Ok();
      break;
    case JsonKind::kString:
      if (shape.kind == Kind::kString) return Ok();
      if (shape.kind == Kind::kBoolean) {
        if (node.spelled_boolean()) return Ok();
        return Malformed("Unexpected token received from parser");
      }
      break;
    default:
      if (shape.kind == Kind::kBoolean) return Ok();
  }
  return Malformed(fmt::format("{} cannot be converted to {}", TokenName(node), java));
}

aws::Outcome<Unit> CheckBlob(Node node) {
  if (node.is_array()) return Malformed("Unrecognized collection type class java.nio.ByteBuffer");
  if (node.is_object()) return Malformed("Start of structure or map found where not expected");
  if (!node.is_string()) return Malformed("only base-64-encoded strings are convertible to bytes");
  if (node.text().size() % 4 != 0) {
    return Malformed(
        fmt::format("Base64 encoded length is expected a multiple of 4 bytes but found: {}",
                    node.text().size()));
  }
  if (!Base64Decode(node.text()))
    return Malformed("Invalid last non-pad Base64 character dectected");
  return Ok();
}

const Shape& StringShape() {
  static const Shape shape = shape::String();
  return shape;
}

const Shape& BooleanShape() {
  static const Shape shape = shape::Boolean();
  return shape;
}

aws::Outcome<Unit> CheckValueType(Node node, int depth);

aws::Outcome<Unit> CheckStringList(Node node, std::string_view type) {
  if (node.is_object()) return Malformed("Start of structure or map found where not expected");
  if (!node.is_array()) return Malformed("Unexpected field type");
  for (const Node element : node.elements()) {
    if (!element) continue;
    OFFSTAGE_TRY_VOID(type == "BS" ? CheckBlob(element) : CheckScalar(StringShape(), element));
  }
  return Ok();
}

aws::Outcome<Unit> CheckValueMember(std::string_view type, Node node, int depth) {
  if (type == "S" || type == "N") return CheckScalar(StringShape(), node);
  if (type == "B") return CheckBlob(node);
  if (type == "BOOL" || type == "NULL") return CheckScalar(BooleanShape(), node);
  if (type == "SS" || type == "NS" || type == "BS") return CheckStringList(node, type);
  if (type == "L") {
    if (node.is_object()) return Malformed("Start of structure or map found where not expected");
    if (!node.is_array()) return Malformed("Unexpected field type");
    for (const Node element : node.elements())
      OFFSTAGE_TRY_VOID(CheckValueType(element, depth + 1));
  } else if (type == "M") {
    if (node.is_array()) {
      return Malformed(fmt::format(
          "Unrecognized collection type java.util.Map<java.lang.String, {}AttributeValue>",
          kModel));
    }
    if (!node.is_object()) return Malformed("Unexpected field type");
    for (const NodeMember member : node.members())
      OFFSTAGE_TRY_VOID(CheckValueType(member.value, depth + 1));
  }
  return Ok();
}

aws::Outcome<Unit> CheckValueType(Node node, int depth) {
  if (!node || depth > kMaxValueDepth) return Ok();
  if (node.is_array())
    return Malformed(fmt::format("Unrecognized collection type class {}AttributeValue", kModel));
  if (!node.is_object()) return Malformed("Unexpected value type in payload");
  for (const NodeMember member : node.members()) {
    if (member.value) OFFSTAGE_TRY_VOID(CheckValueMember(member.name, member.value, depth));
  }
  return Ok();
}

std::string ElementTypeName(const Shape& element) {
  switch (element.kind) {
    case Kind::kString:
      return "java.lang.String";
    case Kind::kAttributeValue:
      return fmt::format("{}AttributeValue", kModel);
    case Kind::kList:
      return fmt::format("java.util.List<{}>", ElementTypeName(*element.element));
    case Kind::kMap:
      return fmt::format("java.util.Map<java.lang.String, {}>", ElementTypeName(*element.element));
    default:
      return fmt::format("{}{}", kModel, element.name);
  }
}

// Where a value stands decides the words for a scalar in its place.
enum class Place { kMember, kElement };

aws::Outcome<Unit> CheckType(const Shape& shape, Node node, Place place);

aws::Outcome<Unit> CheckContainer(const Shape& shape, Node node, Place place) {
  // Collections of collections are read by another path of the service's reader.
  constexpr std::string_view kParameterized =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class "
      "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in "
      "module java.base of "
      "loader 'bootstrap')";
  const bool list = shape.kind == Kind::kList;
  if (node.is_object() && list)
    return Malformed("Start of structure or map found where not expected");
  if (node.is_array() && !list) {
    return Malformed(fmt::format("Unrecognized collection type {}", ElementTypeName(shape)));
  }
  if (!node.is_array() && !node.is_object()) {
    return Malformed(
        std::string(place == Place::kElement ? kParameterized : "Unexpected field type"));
  }
  for (const Node element : node.elements())
    OFFSTAGE_TRY_VOID(CheckType(*shape.element, element, Place::kElement));
  for (const NodeMember member : node.members()) {
    OFFSTAGE_TRY_VOID(CheckType(*shape.element, member.value, Place::kElement));
  }
  return Ok();
}

aws::Outcome<Unit> CheckStructure(const Shape& shape, Node node, Place place) {
  if (node.is_array())
    return Malformed(fmt::format("Unrecognized collection type class {}{}", kModel, shape.name));
  if (!node.is_object()) {
    return Malformed(place == Place::kElement ? "Unexpected value type in payload"
                                              : "Unexpected field type");
  }
  for (const ShapeMember& member : shape.members) {
    OFFSTAGE_TRY_VOID(CheckType(member.shape, node[member.name], Place::kMember));
  }
  return Ok();
}

aws::Outcome<Unit> CheckType(const Shape& shape, Node node, Place place) {
  if (!node) return Ok();
  switch (shape.kind) {
    case Kind::kBlob:
      return CheckBlob(node);
    case Kind::kList:
    case Kind::kMap:
      return CheckContainer(shape, node, place);
    case Kind::kStructure:
      return CheckStructure(shape, node, place);
    case Kind::kAttributeValue:
      if (place == Place::kMember && !node.is_array() && !node.is_object())
        return Malformed("Unexpected field type");
      return CheckValueType(node, 0);
    default:
      return CheckScalar(shape, node);
  }
}

// ---- Constraints ------------------------------------------------------------------------------

// A value as the service's texts show it: Java's toString().
std::string Show(const Shape& shape, Node node) {
  if (!node) return "null";
  std::string out;
  switch (shape.kind) {
    case Kind::kList: {
      out = "[";
      for (const Node element : node.elements()) {
        if (out.size() > 1) out += ", ";
        out += Show(*shape.element, element);
      }
      return out + "]";
    }
    case Kind::kMap: {
      out = "{";
      for (const NodeMember member : node.members()) {
        if (out.size() > 1) out += ", ";
        out += fmt::format("{}={}", member.name, Show(*shape.element, member.value));
      }
      return out + "}";
    }
    case Kind::kStructure: {
      out = fmt::format("{}(", shape.name);
      bool first = true;
      for (const ShapeMember& member : shape.members) {
        if (!first) out += ", ";
        first = false;
        out += fmt::format("{}={}", LowerFirst(member.name), Show(member.shape, node[member.name]));
      }
      return out + ")";
    }
    case Kind::kAttributeValue:
      return fmt::format("AttributeValue({})", node.raw());
    default:
      return std::string(node.is_string() || node.kind() == JsonKind::kNumber ? node.text()
                                                                              : node.raw());
  }
}

// Java's String.length().
std::int64_t JavaLength(std::string_view text) {
  std::int64_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

bool MatchesNamePattern(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
             std::string_view::npos;
}

class ConstraintCheck {
 public:
  explicit ConstraintCheck(std::size_t max_violations) : max_violations_(max_violations) {}

  void Members(const Shape& structure, Node node, const std::string& path) {
    for (const ShapeMember& member : structure.members) {
      if (Full()) return;
      Member(member, node, path);
    }
  }

  void Member(const ShapeMember& member, Node structure, const std::string& path) {
    const Node value = structure[member.name];
    if (!value && member.presence == Presence::kOptional) return;
    const std::string name =
        member.shape.wording == Wording::kBare ? std::string(member.name) : LowerFirst(member.name);
    Check(member.shape, value, path.empty() ? name : fmt::format("{}.{}", path, name));
  }

  aws::Outcome<Unit> Finish() const {
    if (violations_.empty()) return Ok();
    return Fail(
        ValidationError(fmt::format("{} validation error{} detected: {}", violations_.size(),
                                    violations_.size() > 1 ? "s" : "", Join(violations_, "; "))));
  }

 private:
  bool Full() const { return violations_.size() >= max_violations_; }

  void Violate(const Shape& shape, Node node, const std::string& path,
               std::string_view constraint) {
    if (Full()) return;
    if (shape.wording == Wording::kBare) {
      violations_.push_back(
          fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint));
      return;
    }
    const std::string value = node ? fmt::format("'{}'", Show(shape, node)) : "null";
    violations_.push_back(
        fmt::format("Value {} at '{}' failed to satisfy constraint: {}", value, path, constraint));
  }

  void Check(const Shape& shape, Node node, const std::string& path) {
    if (!node) return Violate(shape, node, path, "Member must not be null");
    CheckOwn(shape, node, path);
    std::size_t position = 0;
    for (const Node element : node.elements()) {
      if (Full() || shape.element == nullptr) return;
      Child(*shape.element, element, fmt::format("{}.{}.member", path, ++position));
    }
    if (shape.kind == Kind::kMap) {
      for (const NodeMember member : node.members()) {
        if (Full()) return;
        if (member.value)
          Child(*shape.element, member.value, fmt::format("{}.{}.member", path, member.name));
      }
    }
    if (shape.kind == Kind::kStructure) Members(shape, node, path);
  }

  void Child(const Shape& shape, Node node, const std::string& path) {
    // Attribute values are checked where they are parsed.
    if (shape.kind == Kind::kAttributeValue || !node) return;
    Check(shape, node, path);
  }

  void CheckOwn(const Shape& shape, Node node, const std::string& path) {
    switch (shape.kind) {
      case Kind::kString:
        return CheckString(shape, node, path);
      case Kind::kInteger:
      case Kind::kLong:
        return CheckBounds(shape, node, path, node.integer(), "value");
      case Kind::kMap:
        if (shape.key != nullptr) CheckKeys(shape, node, path);
        if (shape.value_max) CheckValueLengths(shape, node, path);
        [[fallthrough]];
      case Kind::kList:
        return CheckBounds(shape, node, path, static_cast<std::int64_t>(node.size()), "length");
      default:
        return;
    }
  }

  void CheckString(const Shape& shape, Node node, const std::string& path) {
    const std::string_view text = node.text();
    if (shape.accepts_arn && text.starts_with(kArnPrefix)) return;
    if (!shape.values.empty() &&
        std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
      Violate(
          shape, node, path,
          fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
    }
    // An empty name is reported for its length alone.
    if (!shape.pattern.empty() && !text.empty() && !MatchesNamePattern(text)) {
      Violate(shape, node, path,
              fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern));
    }
    CheckBounds(shape, node, path, JavaLength(text), "length");
  }

  void CheckBounds(const Shape& shape, Node node, const std::string& path, std::int64_t size,
                   std::string_view what) {
    if (shape.min && size < *shape.min) {
      Violate(shape, node, path,
              fmt::format("Member must have {} greater than or equal to {}", what, *shape.min));
    }
    if (shape.max && size > *shape.max) {
      Violate(shape, node, path,
              fmt::format("Member must have {} less than or equal to {}", what, *shape.max));
    }
  }

  // Worded the usual way even where the map's own constraints are not.
  void ViolateKeys(const Shape& shape, Node node, const std::string& path, std::string_view rules) {
    if (Full()) return;
    const std::string value = shape.shows_json ? std::string(node.raw()) : Show(shape, node);
    violations_.push_back(fmt::format(
        "Value '{}' at '{}' failed to satisfy constraint: Map keys must satisfy constraint: [{}]",
        value, LowerFirst(path), rules));
  }

  void CheckKeys(const Shape& shape, Node node, const std::string& path) {
    const Shape& key = *shape.key;
    for (const NodeMember member : node.members()) {
      if (key.accepts_arn && member.name.starts_with(kArnPrefix)) continue;
      const auto length = static_cast<std::int64_t>(member.name.size());
      const bool good = (!key.min || length >= *key.min) && (!key.max || length <= *key.max) &&
                        (key.pattern.empty() || MatchesNamePattern(member.name));
      if (good) continue;
      std::vector<std::string> rules;
      if (key.max)
        rules.push_back(fmt::format("Member must have length less than or equal to {}", *key.max));
      if (key.min)
        rules.push_back(
            fmt::format("Member must have length greater than or equal to {}", *key.min));
      if (!key.pattern.empty()) {
        rules.push_back(
            fmt::format("Member must satisfy regular expression pattern: {}", key.pattern));
      }
      return ViolateKeys(shape, node, path, Join(rules, ", "));
    }
  }

  void CheckValueLengths(const Shape& shape, Node node, const std::string& path) {
    for (const NodeMember member : node.members()) {
      const auto length = static_cast<std::int64_t>(member.value.size());
      if (length <= *shape.value_max && length >= shape.value_min.value_or(0)) continue;
      return Violate(shape, node, path,
                     fmt::format("Map value must satisfy constraint: [Member must have length less "
                                 "than or equal to {}, "
                                 "Member must have length greater than or equal to {}]",
                                 *shape.value_max, shape.value_min.value_or(0)));
    }
  }

  const std::size_t max_violations_;
  std::vector<std::string> violations_;
};

}  // namespace

aws::Outcome<Unit> CheckTypes(const Shape& shape, Node request) {
  if (!request.is_object()) {
    // The service's reader fails before it knows what it reads.
    return Fail(SerializationError(""));
  }
  return CheckType(shape, request, Place::kMember);
}

namespace {

aws::Outcome<Unit> CheckAlone(const Shape& shape, const Shape::FirstCheck& first, Node request) {
  const auto member = std::find_if(
      shape.members.begin(), shape.members.end(),
      [&first](const ShapeMember& candidate) { return candidate.name == first.member; });
  OFFSTAGE_CHECK(member != shape.members.end(), "a member of the structure");
  ConstraintCheck check(kMaxViolations);
  check.Member(*member, request, "");
  auto outcome = check.Finish();
  if (outcome.ok() || first.text.empty()) return outcome;
  return Fail(ValidationError(std::string(first.text)));
}

}  // namespace

aws::Outcome<Unit> CheckConstraints(const Shape& shape, Node request) {
  for (const ShapeMember& member : shape.members) {
    if (member.presence != Presence::kRequiredParameter || request[member.name]) continue;
    return Fail(ValidationError(fmt::format(
        "The parameter '{}' is required but was not present in the request", member.name)));
  }
  const bool stops = shape.stops_with.empty() || request[shape.stops_with];
  for (const Shape::FirstCheck& first : shape.checked_first) {
    if (stops) OFFSTAGE_TRY_VOID(CheckAlone(shape, first, request));
  }
  ConstraintCheck check(stops && shape.only_first_violation ? 1 : kMaxViolations);
  check.Members(shape, request, "");
  return check.Finish();
}

aws::Outcome<Unit> CheckShape(const Shape& shape, Node request) {
  OFFSTAGE_TRY_VOID(CheckTypes(shape, request));
  return CheckConstraints(shape, request);
}

namespace shape {

namespace {

Shape Bounded(Shape::Kind kind, Range range) {
  Shape shape;
  shape.kind = kind;
  shape.min = range.min;
  shape.max = range.max;
  return shape;
}

}  // namespace

Shape String(Range length) {
  return Bounded(Shape::Kind::kString, length);
}

Shape Name(Range length) {
  Shape shape = String(length);
  shape.pattern = kNamePattern;
  return shape;
}

Shape Enum(std::vector<std::string_view> values) {
  Shape shape;
  shape.values = std::move(values);
  return shape;
}

Shape Boolean() {
  return Bounded(Shape::Kind::kBoolean, {});
}
Shape Integer(Range value) {
  return Bounded(Shape::Kind::kInteger, value);
}
Shape Long(Range value) {
  return Bounded(Shape::Kind::kLong, value);
}
Shape Double() {
  return Bounded(Shape::Kind::kDouble, {});
}
Shape Blob() {
  return Bounded(Shape::Kind::kBlob, {});
}
Shape Value() {
  return Bounded(Shape::Kind::kAttributeValue, {});
}
Shape Attributes() {
  return Map(Value());
}

Shape List(Shape element, Range length) {
  Shape shape = Bounded(Shape::Kind::kList, length);
  shape.element = std::make_shared<const Shape>(std::move(element));
  return shape;
}

Shape Map(Shape element, Range length) {
  Shape shape = Bounded(Shape::Kind::kMap, length);
  shape.element = std::make_shared<const Shape>(std::move(element));
  return shape;
}

Shape Structure(std::string_view name, std::vector<ShapeMember> members) {
  Shape shape;
  shape.kind = Shape::Kind::kStructure;
  shape.name = name;
  shape.members = std::move(members);
  return shape;
}

Shape WithWording(Shape shape, Wording wording) {
  shape.wording = wording;
  return shape;
}

}  // namespace shape

}  // namespace offstage::dynamodb
