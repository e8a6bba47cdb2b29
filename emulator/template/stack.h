// Stack: a template resolved. One flat view over the root and all nested stacks: physical names,
// values instead of intrinsic functions, SAM expanded. Plain data; Thread-compatible.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/node.h"

namespace offstage::templates {

// What became of something in the template (design, decision 8).
enum class Fate {
  kHonoured,
  kIgnored,  // Harmless to ignore when emulating.
  kRefused,  // Not emulated, or wrong: left out, by name. The rest goes on.
  kWarning,  // Honoured, but probably not what the author meant.
};
std::string_view FateName(Fate fate);

// Why something is refused or warned of: whether AWS would mind too.
enum class Reason {
  kWrong,        // AWS refuses it, or it fails there at run time.
  kNotEmulated,  // AWS takes it.
  kNotHere,  // It needs something that is not on this machine: S3 objects, other stacks' exports.
};

struct Note {
  Fate fate = Fate::kIgnored;
  Position position = {};
  // Resource path and property: "APIs/getUsersFunction.Properties.VpcConfig"; "" for whole files.
  std::string path = {};
  // What and, where there is one, the fix. Without position and path.
  std::string message = {};
  Reason reason = Reason::kWrong;

  // "sam/api.template.yml:12:5: APIs/getUsersFunction: ..."
  std::string Text() const;
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

// Every resource that exists (its condition holds, no error in it), emulated or not, SAM's own
// types included, in the order written; nested stacks' resources follow their stack.
struct Resource {
  std::string logical_id = {};
  // "getUsersFunction" in the root, "APIs/getUsersFunction" in a nested stack.
  std::string path = {};
  std::string type = {};
  // What Ref gives.
  std::string physical_id = {};
  // Empty when the type has none.
  std::string arn = {};
  // What Fn::GetAtt gives, by name; of AWS::Cognito types only, whose secrets must be the same
  // wherever they are read.
  std::vector<std::pair<std::string, std::string>> attributes = {};
  // Resolved. ToJson(properties) where JSON is easier. Globals are merged in.
  Node properties = Node::Map();
  // Resolved; "Metadata" of the resource, or null.
  Node metadata = {};
  Position position = {};
};

// An event of a SAM function or an AWS::Lambda::EventSourceMapping.
struct EventSource {
  // The event's logical id in the function; the mapping's logical id for raw CloudFormation.
  std::string name = {};
  // "APIs/Function.Events.Name"; "APIs/Mapping" for raw CloudFormation.
  std::string path = {};
  // SAM's type: Api, HttpApi, DynamoDB, SQS, Kinesis, Schedule, ScheduleV2, S3, SNS, Cognito ...
  std::string type = {};
  // Resolved, as written.
  Node properties = Node::Map();
  Position position = {};
};

struct Layer {
  // Version ARN or what was written.
  std::string arn = {};
  // Absolute folder or zip file, when the layer is defined in the template; else empty.
  std::filesystem::path content = {};
};

// One inline policy document or expanded policy template, or a managed policy by ARN.
struct Policy {
  std::string name = {};
  // Empty unless managed.
  std::string managed_arn = {};
  // A resolved IAM policy document ("Version", "Statement"); null when managed.
  Node document = {};
  Position position = {};
};

struct FunctionUrl {
  // NONE or AWS_IAM
  std::string auth_type = "AWS_IAM";
  // BUFFERED or RESPONSE_STREAM
  std::string invoke_mode = "BUFFERED";
  // Resolved Cors block, or null.
  Node cors = {};
  // The id in https://{id}.lambda-url.{region}.on.aws/
  std::string url_id = {};
};

enum class PackageType { kZip, kImage };

struct Function {
  std::string logical_id = {};
  std::string path = {};
  // Physical name.
  std::string name = {};
  std::string arn = {};
  PackageType package_type = PackageType::kZip;
  // "python3.8"; empty for images.
  std::string runtime = {};
  std::string handler = {};
  // Absolute; a folder, or a zip/jar file. Empty when inline or an image. Existence is not checked.
  std::filesystem::path code = {};
  // Inline code (InlineCode, ZipFile).
  std::optional<std::string> inline_code = {};
  // ImageUri, with kImage.
  std::string image_uri = {};
  // Metadata.BuildMethod etc., resolved, or null.
  Node metadata = {};
  std::string description = {};
  int memory_mb = 128;
  std::chrono::seconds timeout{3};
  int ephemeral_storage_mb = 512;
  TextPairs environment = {};
  std::vector<Layer> layers = {};
  std::vector<std::string> architectures = {};
  TextPairs tags = {};
  std::optional<int> reserved_concurrency = {};
  // AutoPublishAlias, or empty.
  std::string alias = {};
  std::string role_arn = {};
  std::vector<Policy> policies = {};
  std::vector<EventSource> events = {};
  std::optional<FunctionUrl> url = {};
  // The resource's resolved properties with everything not lifted above (DeadLetterQueue,
  // EventInvokeConfig, VpcConfig, Tracing ...).
  Node properties = Node::Map();
  Position position = {};
};

struct KeyPart {
  std::string name = {};
  // HASH or RANGE
  std::string key_type = {};
};

struct AttributeDefinition {
  std::string name = {};
  // S, N or B
  std::string type = {};
};

struct SecondaryIndex {
  std::string name = {};
  std::vector<KeyPart> key_schema = {};
  // ALL, KEYS_ONLY or INCLUDE
  std::string projection = "ALL";
  std::vector<std::string> non_key_attributes = {};
};

struct Table {
  std::string logical_id = {};
  std::string path = {};
  // Physical name.
  std::string name = {};
  std::string arn = {};
  std::vector<KeyPart> key_schema = {};
  std::vector<AttributeDefinition> attributes = {};
  std::vector<SecondaryIndex> global_indexes = {};
  std::vector<SecondaryIndex> local_indexes = {};
  // PAY_PER_REQUEST or PROVISIONED
  std::string billing_mode = "PROVISIONED";
  long long read_capacity = 0;
  long long write_capacity = 0;
  // NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY; empty: no stream.
  std::string stream_view_type = {};
  // What GetAtt StreamArn gives; empty without a stream.
  std::string stream_arn = {};
  // Empty: no time to live.
  std::string ttl_attribute = {};
  bool deletion_protection = false;
  bool point_in_time_recovery = false;
  // 1 to 35.
  int recovery_period_days = 35;
  TextPairs tags = {};
  Node properties = Node::Map();
  Position position = {};
};

enum class ApiKind { kRest, kHttp };

enum class AuthorizerKind { kCognitoUserPools, kLambdaToken, kLambdaRequest, kJwt };

struct Authorizer {
  std::string name = {};
  AuthorizerKind kind = AuthorizerKind::kCognitoUserPools;
  // Cognito: user pool ARNs.
  std::vector<std::string> user_pool_arns = {};
  // Lambda: physical name of the function; `function_arn` when it is none of this stack.
  std::string function = {};
  std::string function_arn = {};
  // REST sources: "method.request.header.Authorization"; HTTP: "$request.header.Authorization".
  std::vector<std::string> identity_sources = {};
  std::string validation_expression = {};
  std::optional<std::chrono::seconds> ttl = {};
  // Lambda on HTTP APIs: "1.0" or "2.0"; simple responses.
  std::string payload_format = {};
  bool simple_responses = false;
  // JWT
  std::string issuer = {};
  std::vector<std::string> audience = {};
  // Scopes that apply where a route names none.
  std::vector<std::string> scopes = {};
  // Resolved, as written.
  Node raw = {};
  Position position = {};
};

enum class RouteAuthKind {
  kNone,
  kAuthorizer,
  kIam,
  kUnknown,  // Names an authorizer that does not exist or is not understood: must be refused, never
             // open.
};

struct RouteAuth {
  RouteAuthKind kind = RouteAuthKind::kNone;
  // Name in Api::authorizers, with kAuthorizer (and, as written, with kUnknown).
  std::string authorizer = {};
  std::vector<std::string> scopes = {};
  bool api_key_required = false;
  // Resource policy of the event (Auth.ResourcePolicy) or null.
  Node resource_policy = {};
};

enum class IntegrationKind {
  kLambdaProxy,
  kLambda,  // AWS (non-proxy) integration: mapping templates, in `integration`.
  kMock,
  kHttpProxy,
  kOther,  // Anything else, in `integration`.
};

struct Route {
  // "GET"; "ANY" for x-amazon-apigateway-any-method; HTTP API: "$default" has path "$default" too.
  std::string method = {};
  // "/users/{id}", "/{proxy+}"
  std::string path = {};
  IntegrationKind kind = IntegrationKind::kLambdaProxy;
  // Physical name of the function; empty when it is none of this stack (see function_arn).
  std::string function = {};
  std::string function_arn = {};
  // "APIs/getUsersFunction", for people; empty when none of this stack.
  std::string function_path = {};
  // "Orders" or "APIs/Orders": the state machine that the route starts, which nothing here runs.
  std::string state_machine_path = {};
  // Effective: the API's default applied, NONE honoured.
  RouteAuth auth = {};
  // HTTP APIs: "1.0" or "2.0"; REST: "1.0".
  std::string payload_format = "1.0";
  // Zero: the API's default (29 s REST, 30 s HTTP).
  std::chrono::milliseconds timeout{0};
  // OpenAPI operation, for raw CloudFormation and definition bodies; else null.
  Node operation = {};
  // x-amazon-apigateway-integration or the event's own properties (RequestModel, RequestParameters
  // ...).
  Node integration = {};
  Position position = {};
};

// Only what the template says; SAM writes static OPTIONS methods from it for REST APIs.
struct Cors {
  // As SAM writes them into header values, without the quotes that belong to API Gateway's syntax:
  // "GET,POST", "*". Empty `allow_methods`: the methods of the path and OPTIONS, sorted. HTTP APIs:
  // lists below.
  std::string allow_methods = {};
  std::string allow_headers = {};
  std::string allow_origin = {};
  std::string max_age = {};
  bool allow_credentials = false;
  // HTTP APIs
  std::vector<std::string> origins = {};
  std::vector<std::string> methods = {};
  std::vector<std::string> headers = {};
  std::vector<std::string> expose_headers = {};
};

struct Api {
  ApiKind kind = ApiKind::kRest;
  // "ServerlessRestApi" for SAM's implicit one.
  std::string logical_id = {};
  std::string path = {};
  // 10 lower-case letters and digits: what Ref gives.
  std::string api_id = {};
  std::string name = {};
  // "Prod"; "$default" for HTTP APIs.
  std::string stage_name = {};
  TextPairs stage_variables = {};
  std::vector<Route> routes = {};
  std::vector<Authorizer> authorizers = {};
  std::string default_authorizer = {};
  std::optional<Cors> cors = {};
  // REST: the OPTIONS methods of `cors` require the default authorizer too (SAM's default, to many
  // people's surprise: AddDefaultAuthorizerToCorsPreflight).
  bool authorize_preflight = false;
  std::vector<std::string> binary_media_types = {};
  std::optional<long long> minimum_compression_size = {};
  // Name (DEFAULT_4XX, MISSING_AUTHENTICATION_TOKEN ...) to {StatusCode, ResponseTemplates,
  // ResponseParameters}.
  Node gateway_responses = {};
  // The OpenAPI document when the API has one (DefinitionBody, DefinitionUri, Body), resolved; else
  // null.
  Node definition = {};
  Node auth = {};  // The Auth block, resolved, as written; or null.
  bool fail_on_warnings = false;
  Node properties = Node::Map();
  Position position = {};
};

struct Output {
  std::string name = {};
  std::string value = {};
  std::string description = {};
  std::string export_name = {};
  // "" for the root; "APIs" for a nested stack.
  std::string stack_path = {};
  Position position = {};
};

// A value of the parameters in force, root and nested.
struct ParameterValue {
  std::string stack_path = {};
  std::string name = {};
  std::string value = {};
  // NoEcho: never show the value.
  bool secret = false;
};

// A parameter of Systems Manager whose value a file on this machine gives.
struct SsmParameter {
  std::string value = {};
  // String, StringList (values with commas between them) or SecureString.
  std::string type = "String";
};
using SsmParameters = std::map<std::string, SsmParameter, std::less<>>;

struct Stack {
  std::string name = {};
  std::string region = {};
  std::string account_id = {};
  // aws, aws-cn, aws-us-gov
  std::string partition = "aws";
  std::string stack_id = {};
  // The root template, absolute.
  std::filesystem::path template_file = {};
  // Every file that was read: templates, definitions, includes. Watch these to reload.
  std::vector<std::filesystem::path> files = {};

  std::vector<Resource> resources = {};
  std::vector<Function> functions = {};
  std::vector<Table> tables = {};
  std::vector<Api> apis = {};
  std::vector<Output> outputs = {};
  std::vector<ParameterValue> parameters = {};
  // Those of LoadOptions; what the template's own AWS::SSM::Parameter resources say is in
  // resources.
  SsmParameters ssm_parameters = {};
  // Names whose values the template asked for, known or not: with others it would be another stack.
  std::set<std::string> ssm_names_read = {};
  std::vector<Note> notes = {};

  // By physical name, ARN, logical id or path, in this order; null: none (or, for a logical id,
  // several).
  const Function* FindFunction(std::string_view name) const;
  const Table* FindTable(std::string_view name) const;
  const Api* FindApi(std::string_view name) const;
  const Resource* FindResource(std::string_view path) const;
  // Of the root stack.
  const Output* FindOutput(std::string_view name) const;
};

}  // namespace offstage::templates
