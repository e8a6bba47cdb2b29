#include "scenario/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "scenario/loader.h"
#include "support/temp_dir.h"

namespace offstage::scenario {
namespace {

using testing::HasSubstr;
using testing::Not;

class RecordingTest : public testing::Test {
 protected:
  void Add(const std::string& method, const std::string& target, const std::string& body,
           const std::string& reply, http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    request.body = body;
    recording_.Add(request, {.status = method == "POST" ? 201 : 200, .body = reply});
  }
  // The text; what was written must be a scenario file.
  std::string Text() {
    EXPECT_TRUE(recording_.Write().ok());
    folder_.Write("seed.json", "{}");
    const auto loaded = LoadFiles({folder_.path() / "r.scenario.yml"});
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : Join(loaded.error().problems, "\n"))
                             << recording_.Text();
    return recording_.Text();
  }

  test::TempDir folder_;
  Recording recording_{folder_.path() / "r.scenario.yml", {folder_.path() / "seed.json"}};
};

TEST_F(RecordingTest, WhatWasDoneIsWhatIsExpected) {
  Add("GET", "/users?limit=2", "", R"([{"name": "Ada", "joined": "2026-01-31T10:00:00Z"}])");
  Add("OPTIONS", "/users", "", "", {{"Access-Control-Request-Method", "POST"}});
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("      - get: \"/users?limit=2\"\n"));
  EXPECT_THAT(text, HasSubstr(R"(          body: [{"name":"Ada","joined":"<date-time>"}])"));
  EXPECT_THAT(text, HasSubstr("  data: [\"seed.json\"]\n"));
  EXPECT_THAT(text, Not(HasSubstr("options")));
}

TEST_F(RecordingTest, AnIdOfOneAnswerIsUsedInTheNextRequest) {
  Add("POST", "/notes", R"({"title": "x"})", R"({"id": "note-4711", "title": "x"})");
  Add("GET", "/notes/note-4711", "", R"({"id": "note-4711", "self": "/notes/note-4711"})");
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr(R"(          body: {"id":"<string>","title":"x"})"));
  EXPECT_THAT(text, HasSubstr("        capture:\n          id: $.id\n"));
  EXPECT_THAT(text, HasSubstr("      - get: \"/notes/${id}\"\n"));
  EXPECT_THAT(text, HasSubstr(R"(          body: {"id":"${id}","self":"/notes/${id}"})"));
  EXPECT_THAT(text, Not(HasSubstr("4711")));
}

TEST_F(RecordingTest, SecretsAreReplaced) {
  // {"cognito:username": "u", "email": "ada@example.com", "token_use": "id"}
  const std::string token =
      "e30.eyJjb2duaXRvOnVzZXJuYW1lIjogInUiLCAiZW1haWwiOiAiYWRhQGV4YW1wbGUuY29tIiwgInRva2VuX3VzZSI"
      "6ICJpZCJ9.c2lnbmF0dXJl";
  Add("POST", "/login?api_key=k3y-in-query", R"({"user": "ada", "password": "hunter2-hunter2"})",
      R"({"accessToken": "t0p-s3cret"})", {{"X-Api-Key", "k3y-in-header"}});
  Add("GET", "/me", "", "{}", {{"Authorization", "Bearer " + token}});
  Add("GET", "/old", "", "{}", {{"Authorization", "Basic YWRhOmh1bnRlcjI="}});
  const std::string text = Text();
  for (const char* secret : {"hunter2", "k3y-in", "t0p-s3cret", "c2lnbmF0dXJl", "YWRhOmh1bnRlcjI"})
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  EXPECT_THAT(text, HasSubstr(R"("password":"${env.PASSWORD}")"));
  EXPECT_THAT(text, HasSubstr("        as: \"ada\"\n"));
  EXPECT_THAT(text, HasSubstr("    \"ada\": {\"email\":\"ada@example.com\"}\n"));
  EXPECT_THAT(text, HasSubstr("${env.X_API_KEY}"));
  EXPECT_THAT(text, HasSubstr("${env.AUTHORIZATION}"));
}

TEST_F(RecordingTest, TextsThatLookLikeOursAreMeantAsTheyAre) {
  Add("POST", "/x", R"({"a": "${name}"})", R"({"b": "<b>", "$c": 1, "d": "${e}"})");
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr(R"({"a":"$${name}"})"));
  EXPECT_THAT(text, HasSubstr(R"({"b":{"$exactly":"<b>"},"d":"$${e}"})"));
}

TEST_F(RecordingTest, NothingRecordedIsAFileAllTheSame) {
  EXPECT_THAT(Text(), HasSubstr("steps:\n      []\n"));
}

}  // namespace
}  // namespace offstage::scenario
