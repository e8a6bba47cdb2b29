#include "template/plain.h"

#include "base/text.h"
#include "template/builders.h"

namespace offstage::templates {
namespace {

Function* FindByReference(Stack& stack, std::string_view reference) {
  const std::string name = FunctionNameInArn(reference);
  for (Function& function : stack.functions) {
    if (function.name == (name.empty() ? reference : std::string_view(name))) {
      return &function;
    }
  }
  return nullptr;
}

// The event type that SAM has for a source's ARN.
std::string EventTypeOf(const Node& properties) {
  static constexpr std::pair<std::string_view, std::string_view> kServices[] = {
      {":dynamodb:", "DynamoDB"}, {":kinesis:", "Kinesis"}, {":sqs:", "SQS"},
      {":kafka:", "MSK"},         {":mq:", "MQ"},           {":rds:", "DocumentDB"}};
  const std::string arn = properties.TextOf("EventSourceArn");
  for (const auto& [mark, type] : kServices) {
    if (arn.find(mark) != std::string::npos) {
      return std::string(type);
    }
  }
  return properties.Contains("SelfManagedEventSource") ? "SelfManagedKafka" : "EventSourceMapping";
}

void AddMapping(LoadContext& context, const Resource& resource) {
  Function* function = FindByReference(context.stack, resource.properties.TextOf("FunctionName"));
  if (function == nullptr) {
    context.Add(Fate::kRefused, resource.position, resource.path,
                "FunctionName is no function of this template; the mapping is left out",
                Reason::kNotHere);
    return;
  }
  function->events.push_back({.name = resource.logical_id,
                              .path = resource.path,
                              .type = EventTypeOf(resource.properties),
                              .properties = resource.properties,
                              .position = resource.position});
}

void AddUrl(LoadContext& context, const Resource& resource) {
  Function* function =
      FindByReference(context.stack, resource.properties.TextOf("TargetFunctionArn"));
  if (function == nullptr) {
    return;
  }
  FunctionUrl url;
  url.auth_type = resource.properties.TextOf("AuthType", "AWS_IAM");
  url.invoke_mode = resource.properties.TextOf("InvokeMode", "BUFFERED");
  if (const Node* cors = resource.properties.Find("Cors")) {
    url.cors = *cors;
  }
  const std::string key = fmt::format("{}/{}#url32", context.options.stack_name, resource.path);
  url.url_id = context.ids.Issue(key, 32, kLowerAlphanumeric);
  function->url = std::move(url);
}

// A role's managed and inline policies, for each function that has it.
void AddRole(LoadContext& context, const Resource& resource) {
  for (Function& function : context.stack.functions) {
    if (function.role_arn != resource.arn || resource.arn.empty()) {
      continue;
    }
    for (const std::string& arn : TextList(resource.properties.Find("ManagedPolicyArns"))) {
      function.policies.push_back({.name = arn, .managed_arn = arn, .position = resource.position});
    }
    if (const Node* inline_policies = resource.properties.Find("Policies")) {
      for (const Node& policy : inline_policies->items()) {
        const Node* document = policy.Find("PolicyDocument");
        if (document != nullptr) {
          function.policies.push_back({.name = policy.TextOf("PolicyName"),
                                       .document = *document,
                                       .position = policy.position()});
        }
      }
    }
  }
}

// AWS::IAM::Policy and AWS::IAM::ManagedPolicy: a document for the roles that it names.
void AddPolicy(LoadContext& context, const Resource& resource) {
  const Node* document = resource.properties.Find("PolicyDocument");
  for (const std::string& role : TextList(resource.properties.Find("Roles"))) {
    for (Function& function : context.stack.functions) {
      const std::size_t slash = function.role_arn.rfind('/');
      if (document != nullptr && slash != std::string::npos &&
          function.role_arn.substr(slash + 1) == role) {
        function.policies.push_back(
            {.name = resource.properties.TextOf(
                 resource.type == "AWS::IAM::Policy" ? "PolicyName" : "ManagedPolicyName",
                 resource.logical_id),
             .document = *document,
             .position = resource.position});
      }
    }
  }
}

}  // namespace

void BuildPlainResources(LoadContext& context) {
  for (const Resource& resource : context.stack.resources) {
    if (resource.type == "AWS::Lambda::EventSourceMapping" &&
        !resource.properties.entries().empty()) {
      AddMapping(context, resource);
    } else if (resource.type == "AWS::Lambda::Url") {
      AddUrl(context, resource);
    } else if (resource.type == "AWS::IAM::Role") {
      AddRole(context, resource);
    } else if (resource.type == "AWS::IAM::Policy" || resource.type == "AWS::IAM::ManagedPolicy") {
      AddPolicy(context, resource);
    }
  }
  BuildPlainRestApis(context);
  BuildPlainHttpApis(context);
}

Authorizer ReadPlainAuthorizer(const Resource& resource, ApiKind kind) {
  const Node& written = resource.properties;
  Authorizer authorizer{.name = written.TextOf("Name", resource.logical_id),
                        .user_pool_arns = TextList(written.Find("ProviderARNs")),
                        .function = FunctionNameInArn(written.TextOf("AuthorizerUri")),
                        .function_arn = written.TextOf("AuthorizerUri"),
                        .validation_expression = written.TextOf("IdentityValidationExpression"),
                        .payload_format = written.TextOf("AuthorizerPayloadFormatVersion"),
                        .raw = written,
                        .position = resource.position};
  for (const std::string& sources : TextList(written.Find("IdentitySource"))) {
    for (const std::string_view source : Split(sources, ',')) {
      authorizer.identity_sources.emplace_back(Trim(source));
    }
  }
  const Node* ttl = written.Find("AuthorizerResultTtlInSeconds");
  if (ttl != nullptr && ttl->AsInteger()) {
    authorizer.ttl = std::chrono::seconds(*ttl->AsInteger());
  }
  const Node* simple = written.Find("EnableSimpleResponses");
  authorizer.simple_responses = simple != nullptr && simple->AsBool().value_or(false);
  const std::string type = written.TextOf(kind == ApiKind::kRest ? "Type" : "AuthorizerType");
  if (type == "TOKEN") {
    authorizer.kind = AuthorizerKind::kLambdaToken;
  } else if (type == "REQUEST") {
    authorizer.kind = AuthorizerKind::kLambdaRequest;
  } else if (type == "JWT") {
    authorizer.kind = AuthorizerKind::kJwt;
    if (const Node* jwt = written.Find("JwtConfiguration")) {
      authorizer.issuer = jwt->TextOf("Issuer");
      authorizer.audience = TextList(jwt->Find("Audience"));
    }
  }
  return authorizer;
}

Node IntegrationAsOpenApi(const Node& written) {
  Node map = Node::Map(written.position());
  for (const Entry& entry : written.entries()) {
    if (entry.key == "IntegrationHttpMethod") {
      map.Set("httpMethod", entry.value);
    } else if (entry.key == "IntegrationResponses") {
      Node responses = Node::Map(entry.value.position());
      for (const Node& response : entry.value.items()) {
        responses.Set(response.TextOf("SelectionPattern", "default"),
                      IntegrationAsOpenApi(response));
      }
      map.Set("responses", std::move(responses));
    } else if (!entry.key.empty()) {
      map.Set(ToLower(entry.key.substr(0, 1)) + entry.key.substr(1), entry.value);
    }
  }
  return map;
}

}  // namespace offstage::templates
