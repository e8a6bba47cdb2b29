// Runs fixtures/vectors/gateway/*.json: each case is an API, a request, what the function answers,
// and what the event or the reply must be. The format is described in
// fixtures/vectors/gateway/README.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "gateway/fakes.h"
#include "support/temp_dir.h"

namespace offstage::gateway::test {

namespace {

struct VectorCase {
  std::string name;
  Json data;
};

void PrintTo(const VectorCase& vector, std::ostream* out) {
  *out << vector.name;
}

std::vector<VectorCase> LoadVectors() {
  std::vector<VectorCase> cases;
  const std::filesystem::path folder =
      std::filesystem::path(OFFSTAGE_SOURCE_DIR) / "fixtures/vectors/gateway";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    const Json document = Json::parse(offstage::test::ReadFile(file));
    std::string stem = file.stem().string();
    std::replace(stem.begin(), stem.end(), '-', '_');
    for (const Json& data : document) {
      cases.push_back({stem + "_" + data.at("name").get<std::string>(), data});
    }
  }
  return cases;
}

HttpCors ReadHttpCors(const Json& json) {
  HttpCors cors;
  cors.allow_origins = json.value("allowOrigins", std::vector<std::string>());
  cors.allow_methods = json.value("allowMethods", std::vector<std::string>());
  cors.allow_headers = json.value("allowHeaders", std::vector<std::string>());
  cors.expose_headers = json.value("exposeHeaders", std::vector<std::string>());
  if (json.contains("maxAge")) cors.max_age = std::chrono::seconds(json.at("maxAge").get<int>());
  if (json.value("allowCredentials", false)) cors.credentials = HttpCors::Credentials::kAllowed;
  return cors;
}

RestCors ReadRestCors(const Json& json) {
  RestCors cors;
  cors.allow_origin = json.value("allowOrigin", "*");
  cors.allow_methods = json.value("allowMethods", "");
  cors.allow_headers = json.value("allowHeaders", "");
  cors.max_age = json.value("maxAge", "");
  if (json.value("allowCredentials", false)) cors.credentials = RestCors::Credentials::kAllowed;
  return cors;
}

Pairs ReadPairs(const Json& json, const char* key) {
  Pairs pairs;
  const Json map = json.value(key, Json::object());
  for (const auto& [name, value] : map.items())
    pairs.emplace_back(name, value);
  return pairs;
}

ContentHandling ReadContentHandling(const Json& json) {
  const std::string text = json.value("contentHandling", "");
  if (text == "CONVERT_TO_TEXT") return ContentHandling::kToText;
  return text == "CONVERT_TO_BINARY" ? ContentHandling::kToBinary : ContentHandling::kNone;
}

MappedIntegration ReadIntegration(const Json& json) {
  using Kind = MappedIntegration::Kind;
  using Passthrough = MappedIntegration::Passthrough;
  const std::string type = json.at("type");
  MappedIntegration mapped;
  mapped.kind = type == "lambda" ? Kind::kLambda : type == "service" ? Kind::kService : Kind::kMock;
  mapped.target = json.value("target", "f");
  mapped.action = json.value("action", "");
  mapped.request_templates = ReadPairs(json, "requestTemplates");
  mapped.request_parameters = ReadPairs(json, "requestParameters");
  mapped.request_content = ReadContentHandling(json);
  const std::string passthrough = json.value("passthrough", "WHEN_NO_MATCH");
  if (passthrough == "NEVER") mapped.passthrough = Passthrough::kNever;
  if (passthrough == "WHEN_NO_TEMPLATES") mapped.passthrough = Passthrough::kWhenNoTemplates;
  const Json responses = json.value("responses", Json::array({Json::object()}));
  for (const Json& response : responses) {
    mapped.responses.push_back({.pattern = response.value("pattern", ""),
                                .status = response.value("status", 200),
                                .headers = ReadPairs(response, "headers"),
                                .templates = ReadPairs(response, "templates"),
                                .content = ReadContentHandling(response)});
  }
  return mapped;
}

Route ReadRoute(const Json& json, PayloadVersion payload) {
  if (json.is_string()) {
    const std::string key = json.get<std::string>();
    Route route = MakeRoute(key, key);
    std::get<LambdaProxy>(route.integration).payload = payload;
    return route;
  }
  Route route = ReadRoute(json.at("route"), payload);
  route.refused = json.value("refused", "");
  route.authorizer = json.value("authorizer", "");
  route.scopes = json.value("scopes", std::vector<std::string>());
  if (json.value("apiKeyRequired", false)) route.api_key = Route::ApiKeyUse::kRequired;
  if (json.value("iam", false)) route.iam = Route::IamAuthorization::kRequired;
  if (json.contains("integration")) route.integration = ReadIntegration(json.at("integration"));
  if (json.contains("validation")) {
    const Json& validation = json.at("validation");
    route.validation = RequestValidation{
        .required_parameters = validation.value("required", std::vector<std::string>())};
    const Json schemas = validation.value("schemas", Json::object());
    for (const auto& [type, schema] : schemas.items()) {
      route.validation->body_schemas[type] = schema.dump();
    }
  }
  return route;
}

LambdaAuthorizer ReadLambdaAuthorizer(const Json& json) {
  LambdaAuthorizer authorizer;
  authorizer.function = json.value("function", "authorizer");
  if (json.value("type", "TOKEN") == "REQUEST") authorizer.kind = LambdaAuthorizer::Kind::kRequest;
  if (json.contains("identitySources")) {
    authorizer.identity_sources = json.at("identitySources").get<std::vector<std::string>>();
  }
  authorizer.identity_validation = json.value("validation", "");
  authorizer.ttl = std::chrono::seconds(json.value("ttl", 300));
  if (json.value("payload", "1.0") == "2.0") authorizer.payload = PayloadVersion::kV2;
  if (json.value("simple", false)) authorizer.answer = LambdaAuthorizer::Answer::kSimple;
  return authorizer;
}

GatewayResponse ReadGatewayResponse(const Json& json) {
  GatewayResponse response;
  if (json.contains("status")) response.status = json.at("status").get<int>();
  const Json headers = json.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    response.headers.Add(name, value);
  }
  response.templates = json.value("templates", std::map<std::string, std::string>());
  return response;
}

ApiConfig ReadApi(const Json& json) {
  ApiConfig api;
  api.id = json.value("id", "abcdefghij");
  api.name = json.value("name", "test-api");
  const std::string kind = json.value("kind", "rest");
  const bool rest = kind == "rest";
  api.kind = rest ? ApiKind::kRest : kind == "url" ? ApiKind::kFunctionUrl : ApiKind::kHttp;
  api.stage = json.value("stage", rest ? "stage" : "$default");
  api.account_id = "111111111111";
  if (json.value("endpoint", "edge") == "regional") api.endpoint = EndpointType::kRegional;
  if (json.value("selfAddress", "deployed") == "local") api.self_address = SelfAddress::kLocal;
  const bool v2 = json.value("payload", rest ? "1.0" : "2.0") == "2.0";
  for (const Json& route : json.at("routes")) {
    api.routes.push_back(ReadRoute(route, v2 ? PayloadVersion::kV2 : PayloadVersion::kV1));
  }
  api.binary_media_types = json.value("binaryMediaTypes", std::vector<std::string>());
  const Json models = json.value("models", Json::object());
  for (const auto& [name, schema] : models.items())
    api.models[name] = schema.dump();
  api.stage_variables = json.value("stageVariables", std::map<std::string, std::string>());
  if (json.contains("cors") && rest) api.rest_cors = ReadRestCors(json.at("cors"));
  if (json.contains("cors") && !rest) api.http_cors = ReadHttpCors(json.at("cors"));
  const Json authorizers = json.value("authorizers", Json::object());
  for (const auto& [name, authorizer] : authorizers.items()) {
    api.authorizers[name] = ReadLambdaAuthorizer(authorizer);
  }
  const Json gatewayResponses = json.value("gatewayResponses", Json::object());
  for (const auto& [type, response] : gatewayResponses.items()) {
    api.gateway_responses[type] = ReadGatewayResponse(response);
  }
  const Json apiKeys = json.value("apiKeys", Json::object());
  for (const auto& [id, value] : apiKeys.items()) {
    api.api_keys.push_back({.id = id, .name = id, .value = value});
  }
  return api;
}

InvokeStatus ReadStatus(const std::string& text) {
  if (text == "functionError") return InvokeStatus::kFunctionError;
  if (text == "throttled") return InvokeStatus::kThrottled;
  if (text == "notFound") return InvokeStatus::kNotFound;
  if (text == "tooLarge") return InvokeStatus::kTooLarge;
  if (text == "stillRunning") return InvokeStatus::kStillRunning;
  return InvokeStatus::kOk;
}

void CheckReply(const Json& expected, const http::Reply& reply) {
  if (expected.contains("status")) {
    EXPECT_EQ(reply.status, expected.at("status").get<int>());
  }
  if (expected.contains("body")) {
    EXPECT_EQ(reply.body, expected.at("body").get<std::string>());
  }
  if (expected.contains("bodyBase64")) {
    EXPECT_EQ(Base64Encode(reply.body), expected.at("bodyBase64").get<std::string>());
  }
  const Json headers = expected.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    if (value.is_null()) {
      EXPECT_EQ(reply.headers.Find(name), nullptr) << name << " must be absent";
      continue;
    }
    std::vector<std::string> values;
    for (const auto& [other, text] : reply.headers) {
      if (other == name) values.push_back(text);  // the spelling counts
    }
    const Json found = values.size() == 1 ? Json(values.front()) : Json(values);
    EXPECT_EQ(found, value) << name;
  }
  if (expected.contains("explains")) {
    EXPECT_NE(
        reply.headers.Get("x-offstage-explain").find(expected.at("explains").get<std::string>()),
        std::string_view::npos)
        << reply.headers.Get("x-offstage-explain");
  }
}

// "/a/b" pointers into the event; "absent" in a list means the key must not be there.
void CheckEvent(const Json& expected, const Json& event) {
  for (const auto& [pointer, value] : expected.items()) {
    const Json::json_pointer place(pointer);
    if (value == "(absent)") {
      EXPECT_FALSE(event.contains(place)) << pointer;
      continue;
    }
    ASSERT_TRUE(event.contains(place)) << pointer << " is missing in " << event.dump(1);
    EXPECT_EQ(event.at(place), value) << pointer;
  }
}

}  // namespace

class GatewayVectors : public testing::TestWithParam<VectorCase> {};

TEST_P(GatewayVectors, AnswersAsTheService) {
  const Json& data = GetParam().data;
  ASSERT_TRUE(data.contains("source")) << "every vector names where its facts are from";
  GatewayUnderTest test(ReadApi(data.at("api")));
  test.invoker.answer = [&data](const InvokeRequest& request) {
    const Json functions = data.value("functions", Json::object());
    if (functions.contains(request.function)) {
      return Returned(functions.at(request.function).dump());
    }
    InvokeResult result;
    result.payload = data.contains("answer") ? data.at("answer").dump()
                                             : data.value("answerText", R"({"statusCode":200})");
    result.status = ReadStatus(data.value("invoke", "ok"));
    return result;
  };
  if (data.contains("service")) {
    const Json& service = data.at("service");
    test.aws.reply = {
        .status = service.value("status", 200), .headers = {}, .body = service.value("body", "{}")};
    const Json answered = service.value("headers", Json::object());
    for (const auto& [name, value] : answered.items())
      test.aws.reply.headers.emplace_back(name, value);
  }
  const Json& request = data.at("request");
  http::Headers headers;
  for (const Json& header : request.value("headers", Json::array())) {
    headers.Add(header.at(0), header.at(1));
  }
  std::string body = request.value("body", "");
  if (request.contains("bodyBase64"))
    body = *Base64Decode(request.at("bodyBase64").get<std::string>());
  const http::Reply reply =
      test.Send(request.value("method", "GET"), request.value("target", "/"), headers, body);
  CheckReply(data.value("reply", Json::object()), reply);
  if (data.contains("route")) {
    ASSERT_FALSE(test.invoker.requests.empty())
        << "no function was called; explanation: " << reply.headers.Get("x-offstage-explain");
    EXPECT_EQ(test.invoker.requests.back().function, data.at("route").get<std::string>());
  }
  if (data.contains("calls")) {
    std::vector<std::string> calls;
    for (const InvokeRequest& call : test.invoker.requests)
      calls.push_back(call.function);
    EXPECT_EQ(Json(calls), data.at("calls"));
  }
  if (data.contains("event")) {
    ASSERT_FALSE(test.invoker.requests.empty());
    CheckEvent(data.at("event"), Json::parse(test.invoker.requests.back().payload));
  }
  if (data.contains("payload")) {
    ASSERT_FALSE(test.invoker.requests.empty());
    EXPECT_EQ(test.invoker.requests.back().payload, data.at("payload").get<std::string>());
  }
  if (data.contains("serviceCall")) {
    ASSERT_FALSE(test.aws.calls.empty()) << reply.headers.Get("x-offstage-explain");
    const AwsCall& call = test.aws.calls.back();
    const Json& expected = data.at("serviceCall");
    EXPECT_EQ(call.service, expected.value("service", call.service));
    EXPECT_EQ(call.action, expected.value("action", call.action));
    EXPECT_EQ(call.path, expected.value("path", call.path));
    EXPECT_EQ(call.body, expected.value("body", call.body));
  }
  if (data.contains("firstEvent")) {
    ASSERT_FALSE(test.invoker.requests.empty());
    CheckEvent(data.at("firstEvent"), Json::parse(test.invoker.requests.front().payload));
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, GatewayVectors, testing::ValuesIn(LoadVectors()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace offstage::gateway::test
