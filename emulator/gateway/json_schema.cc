#include "gateway/json_schema.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace offstage::gateway {

namespace {

// Schemas may refer to themselves, and anyOf may branch at every level: more steps or depth than
// this and the body counts as invalid.
constexpr int kMaxSteps = 500000;
constexpr int kMaxDepth = 200;

std::size_t CodePoints(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text)
    count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
  return count;
}

bool IsOfType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") {
    return value.is_number_integer() ||
           (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
  }
  return false;
}

// Other models are put beside the schema's own members.
constexpr std::string_view kModelsKey = "x-offstage-models";

// The part of the document that "#/definitions/x" or the address of a model means, or null.
const Json* Resolve(const Json& root, const std::string& reference) {
  if (reference == "#") return &root;
  const std::size_t models = reference.rfind("/models/");
  const bool is_model = !reference.starts_with('#') && models != std::string::npos;
  if (!is_model && !reference.starts_with("#/")) return nullptr;
  try {
    const Json::json_pointer pointer(
        is_model ? fmt::format("/{}{}", kModelsKey, reference.substr(models + 7))
                 : reference.substr(1));
    return root.contains(pointer) ? &root.at(pointer) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

const Json* Find(const Json& schema, const char* key) {
  const auto found = schema.find(key);
  return found == schema.end() ? nullptr : &*found;
}

}  // namespace

// One check of one value. Each function says what is wrong, or "".
struct JsonSchema::Walk {
  const JsonSchema& owner;
  int steps = 0;

  using Why = std::string;

  Why Check(const Json& schema, const Json& value, int depth) {
    if (++steps > kMaxSteps || depth > kMaxDepth) return "too deep or too large to validate";
    if (!schema.is_object()) return {};
    if (const Json* reference = Find(schema, "$ref")) {
      const Json* target = Resolve(*owner.schema_, reference->get<std::string>());
      return target == nullptr ? "unknown $ref" : Check(*target, value, depth + 1);
    }
    for (const auto check : {&Walk::CheckType, &Walk::CheckEnum}) {
      if (Why why = (this->*check)(schema, value); !why.empty()) return why;
    }
    if (Why why = CheckCombined(schema, value, depth); !why.empty()) return why;
    if (value.is_object()) return CheckObject(schema, value, depth);
    if (value.is_array()) return CheckArray(schema, value, depth);
    if (value.is_string()) return CheckText(schema, value.get_ref<const std::string&>());
    if (value.is_number()) return CheckNumber(schema, value.get<double>());
    return {};
  }

  Why CheckType(const Json& schema, const Json& value) {
    const Json* type = Find(schema, "type");
    if (type == nullptr) return {};
    if (type->is_string()) {
      return IsOfType(value, type->get<std::string>())
                 ? Why()
                 : fmt::format("not a {}", type->get<std::string>());
    }
    if (!type->is_array()) return {};
    for (const Json& one : *type) {
      if (one.is_string() && IsOfType(value, one.get<std::string>())) return {};
    }
    return "of none of the types";
  }

  Why CheckEnum(const Json& schema, const Json& value) {
    const Json* values = Find(schema, "enum");
    if (values == nullptr || !values->is_array()) return {};
    for (const Json& one : *values) {
      if (one == value) return {};
    }
    return "not one of the enum";
  }

  int CountMatches(const Json& schemas, const Json& value, int depth) {
    int matches = 0;
    for (const Json& schema : schemas)
      matches += Check(schema, value, depth + 1).empty() ? 1 : 0;
    return matches;
  }

  Why CheckCombined(const Json& schema, const Json& value, int depth) {
    if (const Json* all = Find(schema, "allOf")) {
      for (const Json& one : *all) {
        if (Why why = Check(one, value, depth + 1); !why.empty()) return why;
      }
    }
    if (const Json* any = Find(schema, "anyOf"); any && CountMatches(*any, value, depth) == 0) {
      return "fits none of anyOf";
    }
    if (const Json* one = Find(schema, "oneOf"); one && CountMatches(*one, value, depth) != 1) {
      return "does not fit exactly one of oneOf";
    }
    if (const Json* no = Find(schema, "not"); no && Check(*no, value, depth + 1).empty()) {
      return "fits what it must not";
    }
    return {};
  }

  static bool Exceeds(const Json& schema, const char* key, std::size_t size) {
    const Json* limit = Find(schema, key);
    return limit != nullptr && limit->is_number() &&
           static_cast<double>(size) > limit->get<double>();
  }
  static bool Below(const Json& schema, const char* key, std::size_t size) {
    const Json* limit = Find(schema, key);
    return limit != nullptr && limit->is_number() &&
           static_cast<double>(size) < limit->get<double>();
  }

  Why CheckObject(const Json& schema, const Json& value, int depth) {
    if (const Json* required = Find(schema, "required"); required && required->is_array()) {
      for (const Json& name : *required) {
        if (name.is_string() && !value.contains(name.get<std::string>())) {
          return fmt::format("lacks {}", name.get<std::string>());
        }
      }
    }
    if (Exceeds(schema, "maxProperties", value.size())) return "has too many members";
    if (Below(schema, "minProperties", value.size())) return "has too few members";
    if (Why why = CheckDependencies(schema, value, depth); !why.empty()) return why;
    for (const auto& [name, member] : value.items()) {
      if (Why why = CheckMember(schema, name, member, depth); !why.empty()) {
        return fmt::format("/{}{}{}", name, why.starts_with("/") ? "" : ": ", why);
      }
    }
    return {};
  }

  Why CheckDependencies(const Json& schema, const Json& value, int depth) {
    const Json* dependencies = Find(schema, "dependencies");
    if (dependencies == nullptr || !dependencies->is_object()) return {};
    for (const auto& [name, needed] : dependencies->items()) {
      if (!value.contains(name)) continue;
      if (needed.is_object()) {
        if (Why why = Check(needed, value, depth + 1); !why.empty()) return why;
        continue;
      }
      for (const Json& other : needed) {
        if (other.is_string() && !value.contains(other.get<std::string>())) {
          return fmt::format("lacks {}, which {} needs", other.get<std::string>(), name);
        }
      }
    }
    return {};
  }

  Why CheckMember(const Json& schema, const std::string& name, const Json& member, int depth) {
    bool known = false;
    const Json* properties = Find(schema, "properties");
    if (properties != nullptr && properties->is_object() && properties->contains(name)) {
      known = true;
      if (Why why = Check(properties->at(name), member, depth + 1); !why.empty()) return why;
    }
    const Json* patterns = Find(schema, "patternProperties");
    if (patterns != nullptr && patterns->is_object()) {
      for (const auto& [pattern, rule] : patterns->items()) {
        if (!owner.expressions_.at(pattern).Finds(name)) continue;
        known = true;
        if (Why why = Check(rule, member, depth + 1); !why.empty()) return why;
      }
    }
    const Json* others = Find(schema, "additionalProperties");
    if (known || others == nullptr) return {};
    if (others->is_boolean()) return others->get<bool>() ? "" : "may not be there";
    return Check(*others, member, depth + 1);
  }

  Why CheckArray(const Json& schema, const Json& value, int depth) {
    if (Exceeds(schema, "maxItems", value.size())) return "has too many items";
    if (Below(schema, "minItems", value.size())) return "has too few items";
    if (const Json* unique = Find(schema, "uniqueItems"); unique != nullptr && *unique == true) {
      if (std::set<Json>(value.begin(), value.end()).size() != value.size()) {
        return "has an item twice";
      }
    }
    const Json* items = Find(schema, "items");
    if (items == nullptr) return {};
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Json* rule = items;
      if (items->is_array()) {
        rule = i < items->size() ? &items->at(i) : Find(schema, "additionalItems");
        if (rule == nullptr) return {};
        if (*rule == false) return "has too many items";
      }
      if (Why why = Check(*rule, value[i], depth + 1); !why.empty()) {
        return fmt::format("/{}{}{}", i, why.starts_with("/") ? "" : ": ", why);
      }
    }
    return {};
  }

  Why CheckText(const Json& schema, const std::string& text) {
    const std::size_t length = CodePoints(text);
    if (Exceeds(schema, "maxLength", length)) return "too long";
    if (Below(schema, "minLength", length)) return "too short";
    const Json* pattern = Find(schema, "pattern");
    if (pattern != nullptr && pattern->is_string() &&
        !owner.expressions_.at(pattern->get<std::string>()).Finds(text)) {
      return "does not match the pattern";
    }
    return {};
  }

  Why CheckNumber(const Json& schema, double number) {
    const auto flag = [&schema](const char* key) {
      const Json* value = Find(schema, key);
      return value != nullptr && *value == true;
    };
    if (const Json* low = Find(schema, "minimum"); low != nullptr && low->is_number()) {
      const double limit = low->get<double>();
      if (number < limit || (flag("exclusiveMinimum") && number == limit)) return "too small";
    }
    if (const Json* high = Find(schema, "maximum"); high != nullptr && high->is_number()) {
      const double limit = high->get<double>();
      if (number > limit || (flag("exclusiveMaximum") && number == limit)) return "too large";
    }
    const Json* factor = Find(schema, "multipleOf");
    if (factor != nullptr && factor->is_number() && factor->get<double>() > 0) {
      const double quotient = number / factor->get<double>();
      if (std::abs(quotient - std::round(quotient)) > 1e-9) return "not a multiple";
    }
    return {};
  }
};

Status JsonSchema::Prepare(const Json& schema, int depth) {
  if (depth > kMaxDepth) return Fail(Error{"the schema is nested too deep"});
  if (schema.is_array()) {
    for (const Json& part : schema)
      OFFSTAGE_TRY_VOID(Prepare(part, depth + 1));
    return Ok();
  }
  if (!schema.is_object()) return Ok();
  const auto add = [this](const std::string& pattern) -> Status {
    OFFSTAGE_TRY(Regex regex, Regex::Compile(pattern));
    expressions_.emplace(pattern, std::move(regex));
    return Ok();
  };
  if (const Json* reference = Find(schema, "$ref"); reference && reference->is_string()) {
    if (Resolve(*schema_, reference->get<std::string>()) == nullptr) {
      return Fail(Error{fmt::format("$ref {} leads nowhere", reference->get<std::string>())});
    }
  } else if (reference != nullptr && !reference->is_object()) {
    return Fail(Error{"$ref is not a text"});
  }
  if (const Json* pattern = Find(schema, "pattern"); pattern && pattern->is_string()) {
    OFFSTAGE_TRY_VOID(add(pattern->get<std::string>()));
  }
  if (const Json* patterns = Find(schema, "patternProperties"); patterns && patterns->is_object()) {
    for (const auto& [pattern, rule] : patterns->items())
      OFFSTAGE_TRY_VOID(add(pattern));
  }
  for (const char* key : {"allOf", "anyOf", "oneOf"}) {
    if (const Json* list = Find(schema, key); list != nullptr && !list->is_array()) {
      return Fail(Error{fmt::format("{} is not a list", key)});
    }
  }
  for (const auto& [key, part] : schema.items()) {
    if (key == "enum" || key == "default" || key == "example") continue;
    OFFSTAGE_TRY_VOID(Prepare(part, depth + 1));
  }
  return Ok();
}

Result<JsonSchema> JsonSchema::Compile(std::string_view text,
                                       const std::map<std::string, std::string>& models) {
  OFFSTAGE_TRY(Json json, ParseJson(text));
  if (!json.is_object()) return Fail(Error{"a schema must be an object"});
  for (const auto& [name, model] : models) {
    OFFSTAGE_TRY(Json other, ParseJson(model));
    json[kModelsKey][name] = std::move(other);
  }
  JsonSchema schema;
  schema.schema_ = std::make_shared<const Json>(std::move(json));
  OFFSTAGE_TRY_VOID(schema.Prepare(*schema.schema_, 0));
  return schema;
}

Status JsonSchema::Check(const Json& value) const {
  Walk walk{.owner = *this};
  std::string why = walk.Check(*schema_, value, 0);
  if (!why.empty()) return Fail(Error{std::move(why)});
  return Ok();
}

}  // namespace offstage::gateway
