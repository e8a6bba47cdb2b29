// Shape: what an operation's request must look like, declared once and checked by one walk, in the
// service's own order: wrong JSON types first (SerializationException), then the constraints, all
// violations in one text ("2 validation errors detected: Value '...' at 'tableName' failed to
// ...").
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/result.h"
#include "dynamodb/ops/document.h"

namespace offstage::dynamodb {

enum class Presence {
  kOptional,
  // "Value null at 'member' failed to satisfy constraint: Member must not be null"
  kRequired,
  // "The parameter 'Member' is required but was not present in the request", before all else
  kRequiredParameter,
};

// Why a violation is worded the way it is: the service is not consistent.
enum class Wording {
  // "Value 'x' at 'member' failed ..."
  kUsual,
  // "Value at 'Member' failed ...": constraints that moved to a newer framework.
  kBare,
};

struct ShapeMember;

// Thread-compatible; immutable once built. Copies share their parts.
struct Shape {
  enum class Kind {
    kString,
    kBoolean,
    kInteger,
    kLong,
    kDouble,
    kBlob,
    kAttributeValue,
    kList,
    kMap,
    kStructure,
  };
  Kind kind = Kind::kString;
  // Length of strings, lists and maps; value of numbers.
  std::optional<std::int64_t> min = std::nullopt;
  std::optional<std::int64_t> max = std::nullopt;
  // "[a-zA-Z0-9_.-]+" is the only pattern that the service names, and the only one allowed here.
  std::string_view pattern = {};
  std::vector<std::string_view> values = {};
  std::shared_ptr<const Shape> element = nullptr;
  // Constraints on a map's keys; a string's shape.
  std::shared_ptr<const Shape> key = nullptr;
  // Maps: the service checks the length of each value as a constraint of the whole map.
  std::optional<std::int64_t> value_min = std::nullopt;
  std::optional<std::int64_t> value_max = std::nullopt;
  // Structures, in the order in which violations are listed. No initializer here: it would have to
  // know ShapeMember.
  std::vector<ShapeMember> members;
  // The structure's name in the service's model, for texts.
  std::string_view name = {};
  Wording wording = Wording::kUsual;
  // Strings: an ARN of the service is accepted whatever the other constraints say.
  bool accepts_arn = false;
  // Structures: what is wrong with these members is reported alone, in this order.
  struct FirstCheck {
    std::string_view member;
    // What is said of a value that is not in its enum; empty: the usual words.
    std::string_view text = {};
  };
  std::vector<FirstCheck> checked_first = {};
  // Structures: the service stops at the first violation.
  bool only_first_violation = false;
  // Structures: neither of the two above holds for requests without this member.
  std::string_view stops_with = {};
  // Maps: a bad key's text shows the map as the JSON that was sent, not in Java's form.
  bool shows_json = false;
};

struct ShapeMember {
  std::string_view name;
  Shape shape;
  Presence presence = Presence::kOptional;
};

// SerializationException, or ValidationException with every violation.
aws::Outcome<Unit> CheckShape(const Shape& shape, Node request);

// The two halves of CheckShape, for requests that are checked in more than one step.
aws::Outcome<Unit> CheckTypes(const Shape& shape, Node request);
aws::Outcome<Unit> CheckConstraints(const Shape& shape, Node request);

// How shapes are written down (shapes.cc).
namespace shape {

inline constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";

struct Range {
  std::optional<std::int64_t> min = std::nullopt;
  std::optional<std::int64_t> max = std::nullopt;
};

Shape String(Range length = {});
Shape Name(Range length);
Shape Enum(std::vector<std::string_view> values);
Shape Boolean();
Shape Integer(Range value = {});
Shape Long(Range value = {});
Shape Double();
Shape Blob();
Shape Value();
Shape Attributes();
Shape List(Shape element, Range length = {});
Shape Map(Shape element, Range length = {});
Shape Structure(std::string_view name, std::vector<ShapeMember> members);
Shape WithWording(Shape shape, Wording wording);

}  // namespace shape

}  // namespace offstage::dynamodb
