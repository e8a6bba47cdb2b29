#include "gateway/json_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace offstage::gateway {

namespace {

// What Check says about a body: "" when it fits.
std::string Check(std::string_view schema, std::string_view body) {
  const auto compiled = JsonSchema::Compile(schema);
  if (!compiled.ok()) return "refused: " + compiled.error().message;
  const Status status = compiled->Check(*ParseJson(body));
  return status.ok() ? "" : status.error().message;
}

struct SchemaCase {
  const char* schema;
  const char* body;
  const char* why;
};

// Draft 4: json-schema.org/draft-04/json-schema-validation.html
constexpr SchemaCase kCases[] = {
    {R"({})", "1", ""},
    {R"({"type":"integer"})", "1.0", ""},
    {R"({"type":"integer"})", "1.5", "not a integer"},
    {R"({"type":["string","null"]})", "null", ""},
    {R"({"type":["string","null"]})", "1", "of none of the types"},
    {R"({"enum":["a",1]})", "1", ""},
    {R"({"enum":["a",1]})", "2", "not one of the enum"},
    {R"({"minimum":1})", "1", ""},
    {R"({"minimum":1,"exclusiveMinimum":true})", "1", "too small"},
    {R"({"maximum":1,"exclusiveMaximum":true})", "1", "too large"},
    {R"({"multipleOf":0.1})", "0.3", ""},
    {R"({"multipleOf":2})", "3", "not a multiple"},
    {R"({"maxLength":2})", R"("\u00e9\u00e9")", ""},
    {R"({"minLength":3})", R"("\u00e9\u00e9")", "too short"},
    {R"({"pattern":"^a+$"})", R"("aaa")", ""},
    {R"({"pattern":"b"})", R"("aaa")", "does not match the pattern"},
    {R"({"items":{"type":"string"}})", R"(["a",1])", "/1: not a string"},
    {R"({"items":[{}],"additionalItems":false})", "[1,2]", "has too many items"},
    {R"({"uniqueItems":true})", "[1,2,1]", "has an item twice"},
    {R"({"minItems":1})", "[]", "has too few items"},
    {R"({"properties":{"a":{"properties":{"b":{"type":"null"}}}}})", R"({"a":{"b":1}})",
     "/a/b: not a null"},
    {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})",
     "/b: may not be there"},
    {R"({"patternProperties":{"^x-":{"type":"string"}}})", R"({"x-a":1})", "/x-a: not a string"},
    {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", "lacks b, which a needs"},
    {R"({"allOf":[{"minimum":1},{"maximum":2}]})", "3", "too large"},
    {R"({"anyOf":[{"type":"string"},{"minimum":2}]})", "1", "fits none of anyOf"},
    {R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "3", "does not fit exactly one of oneOf"},
    {R"({"not":{"type":"string"}})", R"("a")", "fits what it must not"},
    {R"({"$ref":"#/definitions/n","definitions":{"n":{"type":"null"}}})", "1", "not a null"},
    {R"({"$ref":"#"})", "1", "too deep or too large to validate"},
    {R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}]})", "1", "fits none of anyOf"},
};

TEST(JsonSchema, ChecksAsDraft4) {
  for (const SchemaCase& c : kCases) {
    EXPECT_EQ(Check(c.schema, c.body), c.why) << c.schema << " " << c.body;
  }
}

TEST(JsonSchema, RefusesWhatCannotBeUsed) {
  EXPECT_FALSE(JsonSchema::Compile("[]").ok());
  EXPECT_FALSE(JsonSchema::Compile("{").ok());
  EXPECT_FALSE(JsonSchema::Compile(R"({"pattern":"("})").ok());
  EXPECT_FALSE(JsonSchema::Compile(R"({"$ref":"#/definitions/none"})").ok());
  EXPECT_FALSE(JsonSchema::Compile(R"({"$ref":"other.json"})").ok());
  EXPECT_FALSE(JsonSchema::Compile(R"({"oneOf":{}})").ok());
}

// A pattern that backtracking engines need exponential time for.
TEST(JsonSchema, PatternsTakePolynomialTime) {
  EXPECT_EQ(Check(R"({"pattern":"^(a+)+$"})", "\"" + std::string(2000, 'a') + "!\""),
            "does not match the pattern");
}

}  // namespace

}  // namespace offstage::gateway
