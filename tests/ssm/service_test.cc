#include "ssm/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace offstage::ssm {
namespace {

using testing::HasSubstr;
using testing::Not;

class SsmTest : public testing::Test {
 protected:
  SsmTest() {
    service_.parameters().Replace(
        {{.name = "/app/limit", .value = "5", .modified = 1'700'000'000'500},
         {.name = "/app/db/key", .value = "hush", .type = "SecureString"},
         {.name = "/app/hosts", .value = "a,b", .type = "StringList"},
         {.name = "plain", .value = "p"},
         {.name = "/other", .value = "o"}});
  }
  Json Ask(std::string_view operation, const Json& request) {
    auto reply = service_.Run(operation, DumpJson(request));
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().type + reply.error().message);
    return reply.ok() ? *ParseJson(*reply) : Json();
  }
  // "Type: message".
  std::string Refusal(std::string_view operation, const Json& request) {
    const auto reply = service_.Run(operation, DumpJson(request));
    return reply.ok() ? "it answered " + *reply : reply.error().type + ": " + reply.error().message;
  }
  std::vector<std::string> NamesBelow(const std::string& path, const Json& more = Json::object()) {
    Json request = {{"Path", path}};
    request.update(more);
    std::vector<std::string> names;
    const Json reply = Ask("GetParametersByPath", request);
    for (const Json& parameter : reply["Parameters"])
      names.push_back(parameter["Name"]);
    return names;
  }
  Service service_{{.region = "eu-west-1", .account_id = "123456789012"}};
};

TEST_F(SsmTest, GivesAParameterAsTheServiceDoes) {
  EXPECT_EQ(Ask("GetParameter", {{"Name", "/app/limit"}})["Parameter"],
            Json({{"ARN", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/limit"},
                  {"DataType", "text"},
                  {"LastModifiedDate", 1'700'000'000.5},
                  {"Name", "/app/limit"},
                  {"Type", "String"},
                  {"Value", "5"},
                  {"Version", 1}}));
  EXPECT_EQ(Ask("GetParameter", {{"Name", "plain"}})["Parameter"]["ARN"],
            "arn:aws:ssm:eu-west-1:123456789012:parameter/plain");
}

TEST_F(SsmTest, NamesMayHaveAVersionOrBeAnArn) {
  const Json first = Ask("GetParameter", {{"Name", "/app/limit:1"}})["Parameter"];
  EXPECT_EQ(first["Selector"], ":1");
  EXPECT_EQ(first["Value"], "5");
  EXPECT_EQ(Refusal("GetParameter", {{"Name", "/app/limit:2"}}),
            "ParameterVersionNotFound: Systems Manager could not find version 2 of /app/limit. "
            "Verify the version and try again.");
  for (const char* name : {"plain", "/app/limit"}) {
    const std::string arn = Ask("GetParameter", {{"Name", name}})["Parameter"]["ARN"];
    EXPECT_EQ(Ask("GetParameter", {{"Name", arn}})["Parameter"]["Name"], name);
  }
}

TEST_F(SsmTest, SecretsAreGivenWithDecryptionAlone) {
  const Json hidden = Ask("GetParameter", {{"Name", "/app/db/key"}})["Parameter"];
  EXPECT_EQ(hidden["Type"], "SecureString");
  EXPECT_THAT(hidden["Value"].get<std::string>(), testing::StartsWith("AQICAH"));
  EXPECT_THAT(DumpJson(hidden), Not(HasSubstr("hush")));
  EXPECT_EQ(Ask("GetParameter",
                {{"Name", "/app/db/key"}, {"WithDecryption", true}})["Parameter"]["Value"],
            "hush");
}

TEST_F(SsmTest, WhatIsNotThereIsNotFound) {
  const auto reply = service_.Run("GetParameter", R"({"Name": "/app/limt"})");
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().type, "ParameterNotFound");
  EXPECT_EQ(reply.error().message, "");
  EXPECT_THAT(reply.error().explanation, HasSubstr("did you mean /app/limit?"));
}

TEST_F(SsmTest, SeveralAreAskedForAtOnce) {
  const Json reply =
      Ask("GetParameters", {{"Names", {"/app/limit", "/none", "plain:1", "plain:9"}}});
  EXPECT_EQ(reply["InvalidParameters"], Json({"/none", "plain:9"}));
  ASSERT_EQ(reply["Parameters"].size(), 2u);
  EXPECT_EQ(reply["Parameters"][1]["Value"], "p");
  EXPECT_THAT(Refusal("GetParameters", {{"Names", std::vector<std::string>(11, "a")}}),
              HasSubstr("at 'names' failed to satisfy constraint: Member must have length less "
                        "than or equal to 10"));
}

TEST_F(SsmTest, PathsHoldWhatIsDirectlyBelowOrAll) {
  using testing::ElementsAre;
  EXPECT_THAT(NamesBelow("/app"), ElementsAre("/app/hosts", "/app/limit"));
  EXPECT_THAT(NamesBelow("/app/", {{"Recursive", true}}),
              ElementsAre("/app/db/key", "/app/hosts", "/app/limit"));
  EXPECT_THAT(NamesBelow("/"), ElementsAre("/other", "plain"));
  EXPECT_THAT(NamesBelow("/ap"), ElementsAre());
  const Json filters = Json::parse(R"([{"Key": "Type", "Values": ["SecureString"]}])");
  EXPECT_THAT(NamesBelow("/app", {{"Recursive", true}, {"ParameterFilters", filters}}),
              ElementsAre("/app/db/key"));
}

TEST_F(SsmTest, PathsArePaged) {
  Json request = {{"Path", "/app"}, {"Recursive", true}, {"MaxResults", 2}};
  Json page = Ask("GetParametersByPath", request);
  ASSERT_EQ(page["Parameters"].size(), 2u);
  request["NextToken"] = page["NextToken"];
  page = Ask("GetParametersByPath", request);
  ASSERT_EQ(page["Parameters"].size(), 1u);
  EXPECT_EQ(page["Parameters"][0]["Name"], "/app/limit");
  EXPECT_FALSE(page.contains("NextToken"));
  request["NextToken"] = "!";
  EXPECT_THAT(Refusal("GetParametersByPath", request), HasSubstr("InvalidNextToken"));
}

TEST_F(SsmTest, RefusesWhatTheServiceRefuses) {
  EXPECT_EQ(Refusal("GetParameter", Json::object()),
            "ValidationException: 1 validation error detected: Value null at 'name' failed to "
            "satisfy constraint: Member must not be null");
  EXPECT_THAT(Refusal("GetParametersByPath", {{"Path", "app"}}),
              HasSubstr("ValidationException: The parameter doesn't meet the parameter name"));
  EXPECT_THAT(Refusal("GetParametersByPath", {{"Path", "/"}, {"MaxResults", 11}}),
              HasSubstr("at 'maxResults' failed to satisfy constraint: Member must have value less "
                        "than or equal to 10"));
  EXPECT_THAT(Refusal("PutParameter", {{"Name", "/x"}}),
              HasSubstr("UnknownOperationException: PutParameter is not emulated by offstage."));
}

}  // namespace
}  // namespace offstage::ssm
