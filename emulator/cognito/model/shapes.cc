#include "cognito/model/shapes.h"

#include <fmt/format.h>

#include <bitset>
#include <charconv>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "cognito/errors.h"
#include "cognito/model/text_class.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kShapes =
#include "cognito/model/shapes.inc"
    ;

// Operations that carry their own proof: an access token, a session, a code.
constexpr std::string_view kPublic =
    "AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice "
    "ConfirmForgotPassword ConfirmSignUp DeleteUser DeleteUserAttributes DeleteWebAuthnCredential "
    "ForgetDevice ForgotPassword GetDevice GetTokensFromRefreshToken GetUser "
    "GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut InitiateAuth ListDevices "
    "ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken "
    "SetUserMFAPreference SetUserSettings SignUp StartWebAuthnRegistration "
    "UpdateAuthEventFeedback UpdateDeviceStatus UpdateUserAttributes VerifySoftwareToken "
    "VerifyUserAttribute";

constexpr long long kNoMaximum = std::numeric_limits<long long>::max();
constexpr long long kNoMinimum = std::numeric_limits<long long>::min();
// Bodies are at most 64 MB; nothing that is validated nests deeper than this.
constexpr int kMaxDepth = 32;

enum class Kind { kStructure, kList, kMap, kString, kEnum, kInteger, kBoolean, kTimestamp };

struct Shape;
struct Member {
  std::string_view name = {};
  const Shape* shape = nullptr;
  bool required = false;
};

struct Shape {
  Kind kind = Kind::kString;
  long long minimum = kNoMinimum;
  long long maximum = kNoMaximum;
  bool secret = false;
  std::string_view pattern = {};
  std::vector<std::string_view> values = {};
  std::vector<Member> members = {};
  // Of lists and maps.
  const Shape* element = nullptr;
};

long long Number(std::string_view text, long long otherwise) {
  long long value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Model {
 public:
  Model() {
    Shape shape;
    shapes_["String"] = shape;
    shape.secret = true;
    shapes_["SensitiveString"] = shape;
    shapes_["Integer"] = {.kind = Kind::kInteger};
    shapes_["Boolean"] = {.kind = Kind::kBoolean};
    shapes_["Timestamp"] = {.kind = Kind::kTimestamp};
    for (const std::string_view line : Split(kShapes, '\n')) {
      if (!line.empty()) shapes_[line.substr(0, line.find(' '))] = {};
    }
    for (const std::string_view line : Split(kShapes, '\n')) {
      if (!line.empty()) Read(line);
    }
  }

  const Shape* Find(std::string_view name) const {
    const auto found = shapes_.find(name);
    return found == shapes_.end() ? nullptr : &found->second;
  }

 private:
  void Read(std::string_view line) {
    const auto words = Split(line, ' ');
    Shape& shape = shapes_[words[0]];
    const std::string_view kind = words[1];
    if (kind == "structure") {
      shape.kind = Kind::kStructure;
      for (std::size_t i = 2; i < words.size(); ++i)
        AddMember(shape, words[i]);
      return;
    }
    if (kind == "enum") {
      shape.kind = Kind::kEnum;
      shape.values.assign(words.begin() + 2, words.end());
      return;
    }
    shape.minimum = Number(words[2], kNoMinimum);
    shape.maximum = Number(words[3], kNoMaximum);
    if (kind == "list" || kind == "map") {
      shape.kind = kind == "list" ? Kind::kList : Kind::kMap;
      shape.element = Find(words.back());
      OFFSTAGE_CHECK(shape.element != nullptr, "the shapes' elements are there");
      return;
    }
    shape.kind = kind == "integer" ? Kind::kInteger : Kind::kString;
    shape.secret = kind == "secret";
    if (words.size() > 4)
      shape.pattern = line.substr(static_cast<std::size_t>(words[4].data() - line.data()));
  }

  void AddMember(Shape& shape, std::string_view word) {
    if (word.empty()) return;
    const auto colon = word.find(':');
    std::string_view name = word.substr(0, colon);
    const bool required = name.ends_with('!');
    if (required) name.remove_suffix(1);
    const Shape* found = Find(word.substr(colon + 1));
    OFFSTAGE_CHECK(found != nullptr, "the shapes' members are there");
    shape.members.push_back({.name = name, .shape = found, .required = required});
  }

  // Nodes stay where they are: members point at them.
  std::map<std::string_view, Shape> shapes_;
};

const Model& TheModel() {
  static const Model model;
  return model;
}

// "UserPoolId" as messages write it: "userPoolId".
std::string MemberName(std::string_view name) {
  std::string text(name);
  if (!text.empty()) text[0] = ToLower(text.substr(0, 1))[0];
  return text;
}

class Checker {
 public:
  aws::Outcome<Unit> Check(const Shape& shape, const Json& value, const std::string& path) {
    if (++depth_ > kMaxDepth) return Fail(SerializationError());
    const auto outcome = CheckKind(shape, value, path);
    --depth_;
    return outcome;
  }

  const std::vector<std::string>& violations() const { return violations_; }

 private:
  aws::Outcome<Unit> CheckKind(const Shape& shape, const Json& value, const std::string& path) {
    switch (shape.kind) {
      case Kind::kStructure:
        return CheckStructure(shape, value, path);
      case Kind::kList:
      case Kind::kMap:
        return CheckCollection(shape, value, path);
      case Kind::kString:
      case Kind::kEnum:
        return CheckText(shape, value, path);
      case Kind::kInteger:
        return CheckInteger(shape, value, path);
      case Kind::kBoolean:
        if (!value.is_boolean()) return Fail(SerializationError());
        return Ok();
      case Kind::kTimestamp:
        if (!value.is_number() && !value.is_string()) return Fail(SerializationError());
        return Ok();
    }
    return Ok();
  }

  aws::Outcome<Unit> CheckStructure(const Shape& shape, const Json& value,
                                    const std::string& path) {
    if (!value.is_object()) return Fail(SerializationError());
    for (const Member& member : shape.members) {
      const std::string inner =
          path.empty() ? MemberName(member.name) : path + "." + MemberName(member.name);
      const auto found = value.find(member.name);
      if (found == value.end() || found->is_null()) {
        if (member.required) {
          const bool secret = member.shape->secret;
          violations_.push_back(
              fmt::format("Value {}at '{}' failed to satisfy constraint: Member must not be null",
                          secret ? "" : "null ", inner));
        }
        continue;
      }
      OFFSTAGE_TRY_VOID(Check(*member.shape, *found, inner));
    }
    return Ok();
  }

  aws::Outcome<Unit> CheckCollection(const Shape& shape, const Json& value,
                                     const std::string& path) {
    const bool list = shape.kind == Kind::kList;
    if (list ? !value.is_array() : !value.is_object()) return Fail(SerializationError());
    CheckLength(shape, value.size(), value.dump(-1, ' ', false, Json::error_handler_t::replace),
                path);
    std::size_t position = 1;
    for (const auto& [key, element] : value.items()) {
      if (element.is_null()) continue;
      const std::string inner = list ? fmt::format("{}.{}.member", path, position++)
                                     : fmt::format("{}.{}.member", path, key);
      OFFSTAGE_TRY_VOID(Check(*shape.element, element, inner));
    }
    return Ok();
  }

  aws::Outcome<Unit> CheckText(const Shape& shape, const Json& value, const std::string& path) {
    if (!value.is_string()) return Fail(SerializationError());
    const auto& text = value.get_ref<const std::string&>();
    if (shape.kind == Kind::kEnum) {
      if (std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
        const std::vector<std::string> values(shape.values.begin(), shape.values.end());
        Violate(shape, text, path,
                fmt::format("Member must satisfy enum value set: [{}]", Join(values, ", ")));
      }
      return Ok();
    }
    const std::size_t length = CountCharacters(text);
    CheckLength(shape, length, text, path);
    const bool too_long = static_cast<long long>(length) > shape.maximum;
    if (!shape.pattern.empty() && !too_long && !MatchesPattern(shape.pattern, text)) {
      Violate(shape, text, path,
              fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern));
    }
    return Ok();
  }

  aws::Outcome<Unit> CheckInteger(const Shape& shape, const Json& value, const std::string& path) {
    if (!value.is_number()) return Fail(SerializationError());
    const auto number = value.get<long long>();
    if (shape.minimum != kNoMinimum && number < shape.minimum) {
      Violate(shape, std::to_string(number), path,
              fmt::format("Member must have value greater than or equal to {}", shape.minimum));
    }
    if (shape.maximum != kNoMaximum && number > shape.maximum) {
      Violate(shape, std::to_string(number), path,
              fmt::format("Member must have value less than or equal to {}", shape.maximum));
    }
    return Ok();
  }

  void CheckLength(const Shape& shape, std::size_t length, const std::string& shown,
                   const std::string& path) {
    const auto size = static_cast<long long>(length);
    if (size < shape.minimum) {
      Violate(shape, shown, path,
              fmt::format("Member must have length greater than or equal to {}", shape.minimum));
    }
    if (size > shape.maximum) {
      Violate(shape, shown, path,
              fmt::format("Member must have length less than or equal to {}", shape.maximum));
    }
  }

  void Violate(const Shape& shape, const std::string& value, const std::string& path,
               const std::string& constraint) {
    violations_.push_back(
        shape.secret
            ? fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint)
            : fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", value, path,
                          constraint));
  }

  int depth_ = 0;
  std::vector<std::string> violations_;
};

void Coerce(const Shape& shape, Json& value, int depth) {
  if (depth > kMaxDepth) return;
  switch (shape.kind) {
    case Kind::kStructure:
      for (const Member& member : shape.members) {
        if (!value.is_object()) return;
        const auto found = value.find(member.name);
        if (found != value.end()) Coerce(*member.shape, *found, depth + 1);
      }
      return;
    case Kind::kList:
    case Kind::kMap:
      if (!value.is_structured()) return;
      for (Json& element : value)
        Coerce(*shape.element, element, depth + 1);
      return;
    case Kind::kString:
    case Kind::kEnum:
      if (value.is_number() || value.is_boolean()) value = value.dump();
      return;
    case Kind::kInteger:
      if (value.is_string()) {
        const auto text = value.get<std::string>();
        const long long number = Number(text, kNoMinimum);
        if (number != kNoMinimum && std::to_string(number) == text) value = number;
      }
      return;
    case Kind::kBoolean:
      if (value.is_string() && EqualsIgnoreCase(value.get<std::string>(), "true")) value = true;
      if (value.is_string() && EqualsIgnoreCase(value.get<std::string>(), "false")) value = false;
      return;
    case Kind::kTimestamp:
      return;
  }
}

}  // namespace

Json CoerceToShape(std::string_view operation, Json request) {
  const Shape* shape = TheModel().Find(std::string(operation) + "Request");
  OFFSTAGE_CHECK(shape != nullptr, "only operations of the model are run");
  Coerce(*shape, request, 0);
  return request;
}

bool IsOperation(std::string_view operation) {
  return TheModel().Find(std::string(operation) + "Request") != nullptr;
}

bool IsPublicOperation(std::string_view operation) {
  static const std::set<std::string_view> kNames = [] {
    const auto names = Split(kPublic, ' ');
    return std::set<std::string_view>(names.begin(), names.end());
  }();
  return kNames.contains(operation);
}

aws::Outcome<Unit> CheckShape(std::string_view operation, const Json& request) {
  const Shape* shape = TheModel().Find(std::string(operation) + "Request");
  OFFSTAGE_CHECK(shape != nullptr, "only operations of the model are run");
  Checker checker;
  OFFSTAGE_TRY_VOID(checker.Check(*shape, request, ""));
  const auto& violations = checker.violations();
  if (violations.empty()) return Ok();
  return Fail(
      InvalidParameter(fmt::format("{} validation error{} detected: {}", violations.size(),
                                   violations.size() == 1 ? "" : "s", Join(violations, "; "))));
}

}  // namespace offstage::cognito
