#include "cognito/attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "cognito/errors.h"
#include "cognito/model/text_class.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
constexpr std::array<std::string_view, 20> kStandard = {"sub",
                                                        "name",
                                                        "given_name",
                                                        "family_name",
                                                        "middle_name",
                                                        "nickname",
                                                        "preferred_username",
                                                        "profile",
                                                        "picture",
                                                        "website",
                                                        "email",
                                                        "email_verified",
                                                        "gender",
                                                        "birthdate",
                                                        "zoneinfo",
                                                        "locale",
                                                        "phone_number",
                                                        "phone_number_verified",
                                                        "address",
                                                        "updated_at"};

Json StandardAttribute(std::string_view name) {
  const bool flag = name.ends_with("_verified");
  Json row = {{"Name", name},
              {"AttributeDataType", flag                   ? "Boolean"
                                    : name == "updated_at" ? "Number"
                                                           : "String"},
              {"DeveloperOnlyAttribute", false},
              {"Mutable", name != "sub"},
              {"Required", name == "sub"}};
  if (name == "updated_at") {
    row["NumberAttributeConstraints"] = {{"MinValue", "0"}};
  } else if (!flag) {
    const char* minimum = name == "birthdate" ? "10" : name == "sub" ? "1" : "0";
    row["StringAttributeConstraints"] = {{"MinLength", minimum},
                                         {"MaxLength", name == "birthdate" ? "10" : "2048"}};
  }
  return row;
}

bool IsStandard(std::string_view name) {
  return std::find(kStandard.begin(), kStandard.end(), name) != kStandard.end();
}

Json CustomAttribute(const Json& written) {
  const bool developer = BoolAt(written, "DeveloperOnlyAttribute", false);
  const std::string name = TextAt(written, "Name");
  const std::string type = TextAt(written, "AttributeDataType");
  Json row = {{"Name", (developer ? "dev:custom:" : "custom:") + name},
              {"AttributeDataType", type},
              {"DeveloperOnlyAttribute", developer},
              {"Mutable", BoolAt(written, "Mutable", true)},
              {"Required", false}};
  // Constraints of another type than the attribute's are dropped.
  for (const auto& [of, member] : {std::pair("String", "StringAttributeConstraints"),
                                   std::pair("Number", "NumberAttributeConstraints")}) {
    if (type != of) continue;
    const Json* constraints = FindPath(written, member);
    row[member] = constraints == nullptr ? Json::object() : *constraints;
  }
  return row;
}

std::optional<double> ToNumber(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "" or what is wrong with the value.
std::string Violation(const Json& row, const std::string& value) {
  const std::string type = TextAt(row, "AttributeDataType");
  if (type == "Number") {
    const auto number = ToNumber(value);
    if (!number) return "Invalid number";
    const auto minimum = ToNumber(TextAt(row, "NumberAttributeConstraints.MinValue"));
    const auto maximum = ToNumber(TextAt(row, "NumberAttributeConstraints.MaxValue"));
    if (minimum && *number < *minimum) return "Number is less than the minimum allowed value";
    if (maximum && *number > *maximum) return "Number is greater than the maximum allowed value";
    return {};
  }
  if (type == "Boolean") {
    // "True" is as good: the service keeps it in lower case.
    const bool fits = EqualsIgnoreCase(value, "true") || EqualsIgnoreCase(value, "false");
    return fits ? "" : "Value must be true or false";
  }
  if (type != "String") return {};
  const auto length = static_cast<double>(CountCharacters(value));
  const auto minimum = ToNumber(TextAt(row, "StringAttributeConstraints.MinLength"));
  const auto maximum = ToNumber(TextAt(row, "StringAttributeConstraints.MaxLength"));
  if (minimum && length < *minimum)
    return fmt::format("String must be at least {} characters", *minimum);
  if (maximum && length > *maximum)
    return fmt::format("String must be no longer than {} characters", *maximum);
  return {};
}

aws::Outcome<Unit> CheckForm(const std::string& name, const std::string& value) {
  if (name == "email" && !value.empty() && !LooksLikeEmail(value))
    return Fail(InvalidParameter("Invalid email address format."));
  if (name == "phone_number" && !value.empty() && !LooksLikePhoneNumber(value))
    return Fail(InvalidParameter("Invalid phone number format."));
  return Ok();
}

constexpr double kLongestAttribute = 2048;

// The service's words for a schema attribute that cannot be.
aws::Outcome<Unit> CheckSchemaAttribute(const Json& written) {
  const std::string name = TextAt(written, "Name");
  const std::string type = TextAt(written, "AttributeDataType");
  if (IsStandard(name)) {
    const bool changed = !type.empty() && StandardAttribute(name)["AttributeDataType"] != type;
    if (changed || BoolAt(written, "DeveloperOnlyAttribute", false)) {
      return Fail(InvalidParameter(
          fmt::format("You can not change AttributeDataType or set developerOnlyAttribute for "
                      "standard schema attribute {}",
                      name)));
    }
  } else if (type.empty()) {
    return Fail(InvalidParameter(
        "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."));
  } else if (BoolAt(written, "Required", false)) {
    return Fail(InvalidParameter("Required custom attributes are not supported currently."));
  }
  struct Bounds {
    const char* member;
    const char* least;
    const char* most;
    std::string_view order;
    bool text;
  };
  for (const Bounds& bounds : {Bounds{"StringAttributeConstraints", "MinLength", "MaxLength",
                                      "Max length cannot be less than min length.", true},
                               Bounds{"NumberAttributeConstraints", "MinValue", "MaxValue",
                                      "Max value cannot be less than min value.", false}}) {
    const Json* constraints = FindPath(written, bounds.member);
    if (constraints == nullptr) continue;
    std::optional<double> found[2];
    for (int i = 0; i < 2; ++i) {
      const std::string text = TextAt(*constraints, i == 0 ? bounds.least : bounds.most);
      if (text.empty()) continue;
      found[i] = ToNumber(text);
      if (!found[i]) {
        return Fail(InvalidParameter(
            fmt::format("Invalid {} for schema attribute {}", bounds.member, name)));
      }
      if (bounds.text && *found[i] > kLongestAttribute) {
        return Fail(InvalidParameter(fmt::format(
            "user.{}: String attributes cannot have a length of more than 2048", name)));
      }
    }
    if (found[0] && found[1] && *found[1] < *found[0])
      return Fail(InvalidParameter(fmt::format("user.{}: {}", name, bounds.order)));
  }
  return Ok();
}

}  // namespace

bool LooksLikeEmail(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  if (text.find_first_of(" \t\r\n<>") != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

bool LooksLikePhoneNumber(std::string_view text) {
  return text.size() >= 2 && text.size() <= 17 && text[0] == '+' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

aws::Outcome<Json> MakeSchema(const Json& schema) {
  Json rows = Json::array();
  for (const std::string_view name : kStandard)
    rows.push_back(StandardAttribute(name));
  if (!schema.is_array()) return rows;
  for (const Json& written : schema) {
    const std::string name = TextAt(written, "Name");
    OFFSTAGE_TRY_VOID(CheckSchemaAttribute(written));
    if (!IsStandard(name)) {
      rows.push_back(CustomAttribute(written));
      continue;
    }
    for (Json& row : rows) {
      if (row["Name"] != name) continue;
      for (const char* member :
           {"Mutable", "Required", "StringAttributeConstraints", "NumberAttributeConstraints"}) {
        if (const Json* value = FindPath(written, member)) row[member] = *value;
      }
    }
  }
  return rows;
}

const Json* FindSchema(const Pool& pool, const std::string& name) {
  const Json* rows = FindPath(pool.config, "SchemaAttributes");
  if (rows == nullptr) return nullptr;
  for (const Json& row : *rows) {
    if (row["Name"].get_ref<const std::string&>() == name) return &row;
  }
  return nullptr;
}

Attributes ReadAttributes(const Json* list) {
  Attributes attributes;
  if (list == nullptr || !list->is_array()) return attributes;
  for (const Json& item : *list) {
    const std::string name = TextAt(item, "Name");
    const std::string value = TextAt(item, "Value");
    attributes[name] = name.ends_with("_verified") ? ToLower(value) : value;
  }
  return attributes;
}

Json ToApiList(const Attributes& attributes) {
  Json list = Json::array();
  for (const auto& [name, value] : attributes)
    list.push_back({{"Name", name}, {"Value", value}});
  return list;
}

aws::Outcome<Unit> CheckRequired(const Pool& pool, const Attributes& attributes) {
  std::string missing;
  const Json* rows = FindPath(pool.config, "SchemaAttributes");
  for (const Json& row : rows == nullptr ? Json::array() : *rows) {
    const std::string name = TextAt(row, "Name");
    if (name != "sub" && BoolAt(row, "Required", false) && !attributes.contains(name))
      missing += name + ": The attribute is required\n";
  }
  if (missing.empty()) return Ok();
  return Fail(InvalidParameter("Attributes did not conform to the schema: " + missing));
}

aws::Outcome<Unit> CheckAttributes(const Pool& pool, const Client* client,
                                   const Attributes& attributes, Writer writer) {
  const bool update = writer == Writer::kUser || writer == Writer::kAdmin;
  const bool by_user = writer == Writer::kUser || writer == Writer::kSignUp;
  std::string violations;
  for (const auto& [name, value] : attributes) {
    const Json* row = FindSchema(pool, name);
    if (row == nullptr) {
      if (update) {
        return Fail(InvalidParameter(
            fmt::format("user.{}: Attribute does not exist in the schema.\n", name)));
      }
      return Fail(InvalidParameter(
          fmt::format("Attributes did not conform to the schema: Type for attribute {{{}}} could "
                      "not be determined",
                      name)));
    }
    const bool flag = name == "email_verified" || name == "phone_number_verified";
    const bool allowed = client == nullptr || MayWrite(*client, name);
    if (by_user &&
        (flag || name == "sub" || !allowed || BoolAt(*row, "DeveloperOnlyAttribute", false))) {
      return Fail(NotAuthorized("A client attempted to write unauthorized attribute"));
    }
    if (update && !BoolAt(*row, "Mutable", true)) {
      return Fail(InvalidParameter(fmt::format("user.{}: Attribute cannot be updated.\n", name)));
    }
    OFFSTAGE_TRY_VOID(CheckForm(name, value));
    if (std::string why = Violation(*row, value); !why.empty() && !value.empty())
      violations += fmt::format("{}: {}\n", name, why);
  }
  if (!violations.empty())
    return Fail(InvalidParameter("Attributes did not conform to the schema: " + violations));
  return writer == Writer::kSignUp ? CheckRequired(pool, attributes) : aws::Outcome<Unit>(Ok());
}

}  // namespace offstage::cognito
