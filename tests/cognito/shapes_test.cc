#include "cognito/model/shapes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cognito/operations.h"

namespace offstage::cognito {
namespace {

std::string Refusal(std::string_view operation, const Json& request) {
  const auto checked = CheckShape(operation, request);
  return checked.ok() ? "" : checked.error().type + ": " + checked.error().message;
}

TEST(Shapes, NameEveryViolationAtOnce) {
  EXPECT_EQ(Refusal("AdminGetUser", {{"UserPoolId", "x"}}),
            "InvalidParameterException: 2 validation errors detected: Value 'x' at 'userPoolId' "
            "failed to satisfy constraint: Member must satisfy regular expression pattern: "
            "[\\w-]+_[0-9a-zA-Z]+; Value at 'username' failed to satisfy constraint: Member "
            "must not be null");
}

TEST(Shapes, NeverShowSecrets) {
  EXPECT_EQ(Refusal("SignUp", {{"ClientId", "abc"}, {"Username", "u"}, {"Password", "a b"}}),
            "InvalidParameterException: 1 validation error detected: Value at 'password' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: [\\S]+");
}

TEST(Shapes, ListTheValuesOfEnumerations) {
  EXPECT_EQ(Refusal("InitiateAuth", {{"ClientId", "abc"}, {"AuthFlow", "NONE"}}).substr(0, 150),
            "InvalidParameterException: 1 validation error detected: Value 'NONE' at 'authFlow' "
            "failed to satisfy constraint: Member must satisfy enum value set: [");
}

TEST(Shapes, RefuseOtherTypes) {
  EXPECT_EQ(Refusal("SignUp", {{"ClientId", 1}, {"Username", "u"}, {"Password", "p"}}),
            "SerializationException: ");
  EXPECT_EQ(Refusal("ListUsers", {{"UserPoolId", "a_b"}, {"Limit", "x"}}),
            "SerializationException: ");
}

TEST(Shapes, TakeLettersOfAllLanguagesInUserNames) {
  const Json request = {{"UserPoolId", "us-east-1_abc"}, {"Username", "Zoë@日本"}};
  EXPECT_EQ(Refusal("AdminGetUser", request), "");
}

TEST(Shapes, DoNotRecurseOnLongText) {
  const Json request = {{"AccessToken", std::string(200'000, 'a')}};
  EXPECT_EQ(Refusal("GetUser", request), "");
}

TEST(Shapes, TurnTemplateTextsIntoTheirTypes) {
  const Json coerced = CoerceToShape(
      "CreateUserPool",
      {{"PoolName", 5},
       {"Policies", {{"PasswordPolicy", {{"MinimumLength", "8"}, {"RequireNumbers", "true"}}}}}});
  EXPECT_EQ(coerced["PoolName"], "5");
  EXPECT_EQ(coerced["Policies"]["PasswordPolicy"]["MinimumLength"], 8);
  EXPECT_EQ(coerced["Policies"]["PasswordPolicy"]["RequireNumbers"], true);
}

TEST(Operations, AreSortedAndOfTheService) {
  std::string_view last;
  for (const Operation& operation : AllOperations()) {
    EXPECT_LT(last, operation.name);
    EXPECT_TRUE(IsOperation(operation.name)) << operation.name;
    last = operation.name;
  }
}

}  // namespace
}  // namespace offstage::cognito
