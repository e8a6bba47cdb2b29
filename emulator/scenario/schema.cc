// The JSON Schema of scenario files, made from the same table that the loader checks them with.
#include <set>

#include "scenario/shapes.h"

namespace offstage::scenario {

namespace {

class Writer {
 public:
  OrderedJson File() {
    OrderedJson schema = {
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", "offstage scenarios"},
    };
    schema.update(Describe(FileShape()));
    definitions_["duration"] = {{"type", OrderedJson::array({"string", "number"})},
                                {"description", "500ms, 5s, 2m, 1h, 3d; a number is seconds."},
                                {"pattern", R"(^([0-9.]+ ?(ms|s|m|h|d)?|.*\$\{.*)$)"}};
    definitions_["matcher"] = {
        {"description",
         "A value to compare with: a map by the members it names, a list element by element. "
         "Kinds: "
         "<string> <integer 0..100> <number> <boolean> <list 3> <object> <null> <any> <absent> "
         "<present> <uuid> <date-time> <date> <email> <url> </regex/>. Operators: $exactly "
         "$contains "
         "$unordered $each $any $all $in $not $length $regex $min $max $above $below $before "
         "$after "
         "$starts-with $ends-with $json $schema."}};
    definitions_["texts"] = {
        {"anyOf", OrderedJson::array({Text(), {{"type", "array"}, {"items", Text()}}})}};
    schema["definitions"] = definitions_;
    return schema;
  }

 private:
  static OrderedJson Text() {
    return {{"type", OrderedJson::array({"string", "number", "boolean"})}};
  }
  static OrderedJson Map() { return {{"type", OrderedJson::array({"object", "string"})}}; }
  static OrderedJson Reference(std::string_view name) {
    return {{"$ref", "#/definitions/" + std::string(name)}};
  }

  OrderedJson Describe(const Shape& shape) {
    OrderedJson properties = OrderedJson::object();
    OrderedJson required = OrderedJson::array();
    for (const Field& field : shape.fields) {
      OrderedJson property = Of(field);
      if (property.contains("$ref")) property = {{"allOf", OrderedJson::array({property})}};
      OrderedJson with_doc = {{"description", field.doc}};
      with_doc.update(property);
      properties[std::string(field.name)] = std::move(with_doc);
      if (field.required) required.push_back(field.name);
    }
    OrderedJson json = {{"description", shape.doc},
                        {"type", "object"},
                        {"additionalProperties", false},
                        {"properties", std::move(properties)}};
    if (!required.empty()) json["required"] = std::move(required);
    return json;
  }

  OrderedJson To(const Shape& shape) {
    const std::string name(shape.definition);
    if (seen_.insert(name).second) {
      // First, so that the definitions stand in the order in which they are met.
      definitions_[name] = nullptr;
      OrderedJson described = Describe(shape);
      definitions_[name] = std::move(described);
    }
    return Reference(name);
  }

  OrderedJson Of(const Field& field) {
    switch (field.takes) {
      case Takes::kAny:
        return OrderedJson::object();
      case Takes::kText:
        return Text();
      case Takes::kTextOrList:
        return Reference("texts");
      case Takes::kBool:
        return {{"type", OrderedJson::array({"boolean", "string"})}};
      case Takes::kDuration:
        return Reference("duration");
      case Takes::kMap:
        return Map();
      case Takes::kTextMap:
        return {{"type", "object"}, {"additionalProperties", Text()}};
      case Takes::kList:
        return {{"type", OrderedJson::array({"array", "string"})}};
      case Takes::kMatcher:
      case Takes::kMatcherList:
        return Reference("matcher");
      case Takes::kMatcherMap:
        return {{"type", OrderedJson::array({"object", "string"})},
                {"additionalProperties", Reference("matcher")}};
      case Takes::kShape:
        return To(*field.shape);
      case Takes::kShapeList:
        return List(*field.shape);
      case Takes::kShapeOrList:
        return {{"anyOf", OrderedJson::array({To(*field.shape), List(*field.shape)})}};
      case Takes::kShapeMap:
        return {{"type", "object"}, {"additionalProperties", To(*field.shape)}};
      case Takes::kStepsMap:
        return {{"type", "object"}, {"additionalProperties", List(*field.shape)}};
      case Takes::kParameterMap: {
        const OrderedJson value = {
            {"anyOf", OrderedJson::array({Reference("texts"), To(*field.shape)})}};
        return {{"type", "object"}, {"additionalProperties", value}};
      }
      case Takes::kTextOrShape:
        return {{"anyOf", OrderedJson::array({Text(), To(*field.shape)})}};
      case Takes::kDurationOrShape:
        break;
    }
    return {{"anyOf", OrderedJson::array({Reference("duration"), To(*field.shape)})}};
  }

  OrderedJson List(const Shape& shape) { return {{"type", "array"}, {"items", To(shape)}}; }

  std::set<std::string> seen_;
  OrderedJson definitions_ = OrderedJson::object();
};

}  // namespace

OrderedJson MakeSchema() {
  return Writer().File();
}

}  // namespace offstage::scenario
