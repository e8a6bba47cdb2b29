// What the gateway serves: plain values that app/ fills from a resolved stack. Everything here is
// already resolved (physical function names, literal texts); nothing refers to the template.
//
// Never weaken a route while filling this in (design, decisions 8 and 9): a protection or an
// integration that is not emulated goes into `Route::refused`, and the route then answers 500 with
// an explanation instead of passing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "http/message.h"

namespace offstage::gateway {

enum class ApiKind {
  kRest,         // API Gateway v1: AWS::Serverless::Api and the implicit API
  kHttp,         // API Gateway v2: AWS::Serverless::HttpApi
  kFunctionUrl,  // A Lambda function URL: one route, $default, payload 2.0
};

// Decides which headers the service adds to the event (CloudFront-* and Via for kEdge, SAM's
// default for REST). HTTP APIs are always regional.
enum class EndpointType { kEdge, kRegional };

// What events say about the API's own address (header Host, X-Forwarded-Port and -Proto,
// requestContext.domainName).
enum class SelfAddress {
  // {id}.execute-api.{region}.amazonaws.com, 443, https: what the handler sees when deployed.
  kDeployed,
  // The client's Host header, this server's port, http: links that the handler makes of it lead
  // back
  // here.
  kLocal,
};

enum class PayloadVersion { kV1, kV2 };

// Name and text in the order written.
using Pairs = std::vector<std::pair<std::string, std::string>>;

// `ResponseParameters` of an HTTP API, by status code: "overwrite:header.x" and so on,
// "overwrite:statuscode".
using ResponseMappings = std::map<std::string, Pairs>;

// The integration `AWS_PROXY` with a function.
struct LambdaProxy {
  // Physical name, as the Invoker knows it.
  std::string function = {};
  // REST APIs always use kV1, whatever stands here.
  PayloadVersion payload = PayloadVersion::kV1;
  // `InvokeMode` of a function URL, `ResponseTransferMode` of a REST API. A streamed answer reaches
  // the client as it is written, for as long as the function runs.
  enum class InvokeMode { kBuffered, kResponseStream } mode = InvokeMode::kBuffered;
  // How long the service waits: 29 s for REST, 30 s for HTTP APIs; zero means that default.
  std::chrono::milliseconds timeout{0};
  // HTTP APIs: "overwrite:header.x", "append:querystring.y", "remove:header.z", "overwrite:path" to
  // "$request.header.a" and so on; they change the event.
  Pairs parameters = {};
  ResponseMappings response_parameters = {};
};

// A fixed answer: what SAM's `Cors` puts on OPTIONS. (A MOCK integration of the author's own is a
// MappedIntegration.)
struct MockIntegration {
  int status = 200;
  // Literal values, without the single quotes of `responseParameters`.
  http::Headers headers = {};
  std::string content_type = "application/json";
  std::string body = {};
};

// `contentHandling`: how bodies change between text and bytes on their way.
enum class ContentHandling { kNone, kToText, kToBinary };

// An integration response: what becomes of an answer that it is chosen for.
struct ResponseRule {
  // Matches the whole status code, or a Lambda function's errorMessage; empty: the default.
  std::string pattern = {};
  // Of the method response.
  int status = 200;
  // Header name to source: "'*'", "integration.response.header.X", "integration.response.body.a",
  // "context.requestId", "stageVariables.x".
  Pairs headers = {};
  // By content type.
  Pairs templates = {};
  ContentHandling content = ContentHandling::kNone;
};

// An integration of type MOCK, AWS or HTTP: the request and the answer go through mapping
// templates.
// docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
struct MappedIntegration {
  enum class Kind {
    kMock,
    kLambda,   // `target` is the function's physical name.
    kHttp,     // `target` is the URL, with {path parameters} and ${stageVariables.x}.
    kService,  // `target` is the service's signing name, `action` its operation.
  } kind = Kind::kMock;
  std::string target = {};
  std::string action = {};
  // kHttp: empty or "ANY" is the request's own.
  std::string method = {};
  // "integration.request.header.X" to "method.request.querystring.y", "'text'" and so on.
  Pairs request_parameters = {};
  // By content type; "$default" takes the others.
  Pairs request_templates = {};
  enum class Passthrough {
    kWhenNoMatch,
    kWhenNoTemplates,
    kNever
  } passthrough = Passthrough::kWhenNoMatch;
  ContentHandling request_content = ContentHandling::kNone;
  std::vector<ResponseRule> responses = {};
  // Zero: 29 s.
  std::chrono::milliseconds timeout{0};
};

// The integration `HTTP_PROXY`.
struct HttpProxy {
  // With {path parameters} and ${stageVariables.x}.
  std::string url = {};
  // Empty or "ANY" is the request's own.
  std::string method = {};
  // REST: "integration.request.header.X" to a source, as above. HTTP APIs: "overwrite:header.x",
  // "append:querystring.y", "remove:header.z", "overwrite:path" to "$request.header.a" and so on.
  Pairs parameters = {};
  ResponseMappings response_parameters = {};
  std::chrono::milliseconds timeout{0};
};

using Integration = std::variant<LambdaProxy, MockIntegration, MappedIntegration, HttpProxy>;

// A Lambda authorizer. One per name; routes refer to it by name.
struct LambdaAuthorizer {
  enum class Kind { kToken, kRequest } kind = Kind::kToken;
  // Physical name.
  std::string function = {};
  // "method.request.header.Authorization", "method.request.querystring.q", "context.httpMethod",
  // "stageVariables.x"; for HTTP APIs "$request.header.Authorization" and so on. kToken: exactly
  // one header.
  std::vector<std::string> identity_sources = {"method.request.header.Authorization"};
  // kToken: the token must match this regular expression, or 401 without a call; empty: any token.
  std::string identity_validation = {};
  // 0 turns the cache off.
  std::chrono::seconds ttl{300};
  // HTTP APIs only.
  PayloadVersion payload = PayloadVersion::kV1;
  enum class Answer { kPolicy, kSimple } answer = Answer::kPolicy;
};

// A `COGNITO_USER_POOLS` authorizer (REST).
struct CognitoAuthorizer {
  std::vector<std::string> user_pool_ids = {};
  std::string identity_source = "method.request.header.Authorization";
  // The token must match this regular expression, or 401; empty: any token.
  std::string identity_validation = {};
};

// A JWT authorizer (HTTP API).
struct JwtAuthorizer {
  std::string issuer = {};
  std::vector<std::string> audience = {};
  std::string identity_source = "$request.header.Authorization";
};

using Authorizer = std::variant<LambdaAuthorizer, CognitoAuthorizer, JwtAuthorizer>;

// What a request must satisfy besides matching (REST: `RequestValidator` and `RequestParameters`).
struct RequestValidation {
  // "method.request.querystring.page" and so on, only those marked as required.
  std::vector<std::string> required_parameters = {};
  // By content type ("$default" for all others): a JSON Schema (draft 4) as JSON text; empty map:
  // bodies are not validated.
  std::map<std::string, std::string> body_schemas = {};
};

struct Route {
  // "GET", ...; "ANY" (REST: x-amazon-apigateway-any-method). Upper case.
  std::string method = {};
  // "/users/{id}", "/files/{proxy+}", "/". HTTP APIs: "$default" takes whatever nothing else takes.
  std::string path = {};
  Integration integration = {};

  // Key of ApiConfig::authorizers; empty: open. A name that is not there refuses the route.
  std::string authorizer = {};
  // For Cognito and JWT authorizers: one of these must be in the token.
  std::vector<std::string> scopes = {};
  // `AuthorizationType: AWS_IAM`: a SigV4 signature must be present.
  enum class IamAuthorization { kNotRequired, kRequired } iam = IamAuthorization::kNotRequired;
  // `ApiKeyRequired`: x-api-key must be the value of one of ApiConfig::api_keys.
  enum class ApiKeyUse { kNotRequired, kRequired } api_key = ApiKeyUse::kNotRequired;
  std::optional<RequestValidation> validation = {};

  // Not empty: the route is known but must not be served, and why ("AWS_IAM authorization with a
  // resource policy is not emulated, template.yaml:31:9"). Answers 500 and explains.
  std::string refused = {};
};

// SAM's `Cors` of a REST API: an OPTIONS method with a MOCK integration is added to each path that
// has none. Texts as the service would send them: without SAM's inner single quotes.
struct RestCors {
  std::string allow_origin = "*";
  // Empty: the methods that the path has, as SAM computes them.
  std::string allow_methods = {};
  std::string allow_headers = {};
  std::string max_age = {};
  enum class Credentials { kAbsent, kAllowed } credentials = Credentials::kAbsent;
  // `AddDefaultAuthorizerToCorsPreflight`: name of the authorizer that guards the OPTIONS methods.
  std::string authorizer = {};
};

// `CorsConfiguration` of an HTTP API: the gateway answers preflights itself and overwrites the
// handler's CORS headers.
struct HttpCors {
  std::vector<std::string> allow_origins = {};
  std::vector<std::string> allow_methods = {};
  std::vector<std::string> allow_headers = {};
  std::vector<std::string> expose_headers = {};
  std::optional<std::chrono::seconds> max_age = {};
  enum class Credentials { kAbsent, kAllowed } credentials = Credentials::kAbsent;
};

// A customised gateway response (`GatewayResponses`): how an error of the gateway's own looks.
struct GatewayResponse {
  std::optional<int> status = {};
  // Header name and literal value, without single quotes.
  http::Headers headers = {};
  // By content type; "$context.error.messageString" and "$context.error.message" are filled in.
  std::map<std::string, std::string> templates = {};
};

struct ApiKey {
  std::string id = {};
  std::string name = {};
  std::string value = {};
  // Index of ApiConfig::usage_plans; none: a plan without limits.
  std::optional<std::size_t> plan = {};
};

// A token bucket: `rate` requests a second, `burst` at once. Zero burst: no request passes.
struct Throttle {
  double rate = 0;
  double burst = 0;
};

// What a usage plan allows each of its keys.
struct UsagePlan {
  std::string name = {};
  std::optional<Throttle> throttle = {};
  struct Quota {
    std::int64_t limit = 0;
    enum class Period { kDay, kWeek, kMonth } period = Period::kDay;
  };
  std::optional<Quota> quota = {};
};

struct ApiConfig {
  ApiKind kind = ApiKind::kRest;
  // Ten lower-case letters and digits, as in {id}.execute-api.{region}.amazonaws.com.
  std::string id = {};
  // The API's name in the stack ("hdoc-backend-dev"), for listings only.
  std::string name = {};
  // "Prod"; HTTP APIs: "$default".
  std::string stage = "Prod";
  std::string region = "us-east-1";
  std::string account_id = "123456789012";
  EndpointType endpoint = EndpointType::kEdge;
  SelfAddress self_address = SelfAddress::kDeployed;

  std::vector<Route> routes = {};
  std::map<std::string, Authorizer> authorizers = {};
  // Of the usage plans that this API's stage is in: a key of another plan is as good as none.
  std::vector<ApiKey> api_keys = {};
  std::vector<UsagePlan> usage_plans = {};
  // The stage's own limit, and those of single routes by key ("GET /users"); enforced when the user
  // asks for it (Dependencies::throttling).
  std::optional<Throttle> throttle = {};
  std::map<std::string, Throttle> route_throttles = {};
  // By name: JSON Schemas as JSON text that other schemas may refer to.
  std::map<std::string, std::string> models = {};
  std::map<std::string, std::string> stage_variables = {};
  // "image/png", "image/*", "*/*"; REST only ("/" as SAM's "~1").
  std::vector<std::string> binary_media_types = {};
  std::optional<RestCors> rest_cors = {};
  std::optional<HttpCors> http_cors = {};
  // By response type: "DEFAULT_4XX", "UNAUTHORIZED" ...
  std::map<std::string, GatewayResponse> gateway_responses = {};
  // What the deployed API enforces and this gateway does not ("its resource policy"); said aloud in
  // the log when the gateway is made.
  std::vector<std::string> unenforced = {};
};

}  // namespace offstage::gateway
