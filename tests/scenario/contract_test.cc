#include "scenario/contract.h"

#include <gtest/gtest.h>

#include "gateway/json_schema.h"
#include "scenario/yaml.h"

namespace offstage::scenario {
namespace {

const char kDocument[] = R"(
openapi: 3.0.3
servers: [{url: "https://api.example.com/v1"}]
paths:
  /users/{id}:
    get:
      responses:
        200:
          headers: {ETag: {required: true, schema: {type: string}}}
          content:
            application/json: {schema: {$ref: "#/components/schemas/User"}}
        404: {$ref: "#/components/responses/Missing"}
        5XX: {description: broken}
  /users/me:
    get: {responses: {default: {content: {"text/*": {schema: {type: string}}}}}}
components:
  schemas:
    User:
      type: object
      required: [name]
      properties: {name: {type: string}, friend: {$ref: "#/components/schemas/User"}, age: {type: integer, nullable: true}}
  responses:
    Missing: {content: {application/json: {schema: {type: object, required: [message]}}}}
)";

Status CheckWithSchema(const Json& schema, const Json& value) {
  const auto compiled = gateway::JsonSchema::Compile(DumpJson(schema));
  if (!compiled.ok()) return Fail(compiled.error());
  return compiled->Check(value);
}

class ContractTest : public testing::Test {
 protected:
  ContractTest() : contract_(*Contract::Make(templates::ToJson(Yaml(kDocument)), "api.yml")) {}

  // "" or what is wrong: "path: expected, but was actual".
  std::string Check(const std::string& target, http::Reply reply, const std::string& type) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    reply.headers.Add("Content-Type", type);
    std::string all;
    for (const Mismatch& mismatch : contract_->Check(request, reply, CheckWithSchema))
      all += mismatch.path + ": " + mismatch.expected + ", but was " + mismatch.actual;
    return all;
  }
  static http::Reply User(const std::string& body) {
    return {.status = 200, .headers = {{"etag", "1"}}, .body = body};
  }

  std::shared_ptr<const Contract> contract_;
};

TEST_F(ContractTest, TakesWhatIsDescribed) {
  EXPECT_EQ(Check("/users/1?x=1", User(R"({"name": "Ada", "age": null})"),
                  "application/json; charset=utf-8"),
            "");
  EXPECT_EQ(Check("/v1/users/1", User(R"({"name": "Ada", "friend": {"name": "Bo"}})"),
                  "application/json"),
            "");
  EXPECT_EQ(Check("/users/1", {.status = 404, .body = R"({"message": "no"})"}, "application/json"),
            "");
  EXPECT_EQ(Check("/users/1", {.status = 502, .body = "?"}, "text/html"), "");
  EXPECT_EQ(Check("/users/me", {.status = 201, .body = "hello"}, "text/plain"), "");
}

TEST_F(ContractTest, SaysWhatIsNot) {
  EXPECT_EQ(Check("/nowhere", User("{}"), "application/json"),
            "contract api.yml: a route that is described, but was GET /nowhere");
  EXPECT_EQ(Check("/users/1", {.status = 201, .body = "{}"}, "application/json"),
            "contract api.yml GET /users/{id}: status 200, 404, 5XX, but was 201");
  EXPECT_EQ(Check("/users/1", {.status = 200, .body = R"({"name": "Ada"})"}, "application/json"),
            "contract api.yml GET /users/{id} 200: the header ETag, but was it is absent");
  EXPECT_NE(Check("/users/1", User(R"({"age": 1})"), "application/json").find("name"),
            std::string::npos);
  EXPECT_NE(
      Check("/users/1", User(R"({"name": "A", "friend": {}})"), "application/json").find("/friend"),
      std::string::npos);
  EXPECT_NE(Check("/users/1", User("hello"), "text/plain").find("Content-Type text/plain"),
            std::string::npos);
  EXPECT_NE(Check("/users/1", {.status = 404, .body = "{}"}, "application/json").find("message"),
            std::string::npos);
}

TEST(Contract, IsAnOpenApiDocument) {
  EXPECT_FALSE(Contract::Make(Json{{"paths", Json::object()}}, "x").ok());
  EXPECT_FALSE(Contract::Make(Json{{"openapi", "3.0.0"}}, "x").ok());
  EXPECT_FALSE(Contract::Make(Json::array(), "x").ok());
}

TEST(Contract, Swagger2) {
  const auto contract = *Contract::Make(
      templates::ToJson(Yaml("{swagger: '2.0', basePath: /v2, paths: {/x: {get: {responses: {200: "
                             "{schema: {$ref: '#/definitions/X'}}}}}}, definitions: {X: {type: "
                             "array}}}")),
      "s.yml");
  http::Request request;
  request.method = "GET";
  request.target = "/v2/x";
  EXPECT_TRUE(contract->Check(request, {.status = 200, .body = "[]"}, CheckWithSchema).empty());
  EXPECT_FALSE(contract->Check(request, {.status = 200, .body = "{}"}, CheckWithSchema).empty());
}

}  // namespace
}  // namespace offstage::scenario
